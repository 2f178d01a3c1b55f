"""What a feed's entry attaches, by what it says of it or leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from bowerbird.crawl.feeds.enclosed import attached


def kinds(**item: str) -> list[str]:
    found = attached({"media_content": [{"url": "https://p.example/1.jpg"} | item]})
    return [name for name, pictures in found.items() if pictures]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, ["attached"]),
        ({"type": ""}, ["attached"]),
        ({"type": "application/octet-stream"}, ["attached"]),
        ({"type": "IMAGE/JPEG; charset=x"}, ["attached"]),
        ({"medium": "image", "url": "https://p.example/1"}, ["attached"]),
        ({"url": "https://p.example/show?id=1"}, ["untold"]),
        ({"url": "https://p.example/1.mp4"}, []),
        ({"type": "video/mp4"}, []),
        ({"medium": "video"}, []),
        ({"type": "image/svg+xml"}, []),
        ({"url": "http://[x/1.jpg"}, ["untold"]),
    ],
)
def test_what_is_attached_is_told_by_type_medium_or_name(item: dict[str, str], expected: list[str]) -> None:
    assert kinds(**item) == expected


def test_a_videos_thumbnail_is_no_picture() -> None:
    thumbnails: dict[str, Any] = {"media_thumbnail": [{"url": "https://p.example/t.jpg", "width": "320"}]}
    assert attached(thumbnails)["thumbnails"] == [["https://p.example/t.jpg", "320", None]]
    video = thumbnails | {"enclosures": [{"href": "https://p.example/v", "type": "video/mp4"}]}
    assert attached(video)["thumbnails"] == []
