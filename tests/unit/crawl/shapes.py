"""Submission objects in the shapes Reddit's API gives, for the tests of the crawl."""

from __future__ import annotations

from typing import Any


def submission(**fields: Any) -> dict[str, Any]:
    """A link post; `fields` replace or add."""
    return {
        "id": "abc12",
        "name": "t3_abc12",
        "title": "Dawn",
        "author": "someone",
        "subreddit": "EarthPorn",
        "permalink": "/r/EarthPorn/comments/abc12/dawn/",
        "url": "https://i.redd.it/z5mux8w0bgx21.jpg",
        "created_utc": 1600000000.0,
        "over_18": False,
        "is_video": False,
        "is_self": False,
    } | fields


def media(name: str, *, mime: str = "image/jpg", **fields: Any) -> dict[str, Any]:
    """One valid item of `media_metadata`, escaped as without raw_json=1."""
    extension = mime.rsplit("/", 1)[-1]
    return {
        "status": "valid",
        "e": "Image",
        "m": mime,
        "p": [
            {
                "x": width,
                "y": width // 2,
                "u": f"https://preview.redd.it/{name}.{extension}?width={width}&amp;s=f{width}",
            }
            for width in (108, 640)
        ],
        "s": {"x": 4000, "y": 2000, "u": f"https://preview.redd.it/{name}.{extension}?width=4000&amp;s=full"},
        "id": name,
    } | fields


def gallery(*names: str, **fields: Any) -> dict[str, Any]:
    """A gallery of valid pictures in this order; the metadata stand in another."""
    return (
        submission(
            url="https://www.reddit.com/gallery/abc12",
            is_gallery=True,
            gallery_data={"items": [{"media_id": name, "id": number} for number, name in enumerate(names)]},
            media_metadata={name: media(name) for name in sorted(names, reverse=True)},
        )
        | fields
    )


def preview(host: str = "preview.redd.it", name: str = "z5mux8w0bgx21.jpg") -> dict[str, Any]:
    """The `preview` object of a listing."""
    return {
        "images": [
            {
                "source": {
                    "url": f"https://{host}/{name}?auto=webp&amp;s=full",
                    "width": 3000,
                    "height": 2000,
                },
                "resolutions": [
                    {
                        "url": f"https://{host}/{name}?width={width}&amp;s=f{width}",
                        "width": width,
                        "height": width,
                    }
                    for width in (108, 320)
                ],
            }
        ],
        "enabled": True,
    }
