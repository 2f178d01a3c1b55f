"""imgur's pictures, by the API's recorded shapes and by pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import Image, NoPictureError
from tests.unit.crawl.fakes import FakeFetcher, NoNetwork

_KEYED = Hosts.found({"imgur": "owners-id"})
_PLAIN = Hosts.found()


def images(hosts: Hosts, url: str, **answers: bytes | Exception) -> tuple[tuple[Image, ...], FakeFetcher]:
    fetcher = FakeFetcher({address: [answer] for address, answer in answers.items()})
    match = hosts.match(url)
    assert match
    return hosts.images(match, fetcher), fetcher


def item(media_id: str, **fields: Any) -> dict[str, Any]:
    """One picture as the API tells it."""
    return {
        "id": media_id,
        "title": None,
        "type": "image/jpeg",
        "animated": False,
        "width": 3000,
        "height": 2000,
        "size": 379024,
        "link": f"https://i.imgur.com/{media_id}.jpg",
    } | fields


def album(*items: dict[str, Any]) -> bytes:
    return json.dumps(
        {"data": {"id": "z6B0j", "is_album": True, "images": items}, "success": True, "status": 200}
    ).encode()


def page(**properties: str) -> bytes:
    metas = "".join(f'<meta property="og:{key}" content="{value}"/>' for key, value in properties.items())
    return f"<!doctype html><html><head><title>x</title>{metas}</head><body>".encode()


def test_an_album_is_all_its_pictures_in_order() -> None:
    found, fetcher = images(
        _KEYED,
        "https://imgur.com/a/z6B0j",
        **{"https://api.imgur.com/3/album/z6B0j": album(item("1nneRbX"), item("0EDF1TX", type="image/png"))},
    )
    assert [(each.id, each.urls, each.width, each.height) for each in found] == [
        ("1nneRbX", ("https://i.imgur.com/1nneRbX.jpg",), 3000, 2000),
        ("0EDF1TX", ("https://i.imgur.com/0EDF1TX.jpg",), 3000, 2000),
    ]
    assert fetcher.headers == [{"Authorization": "Client-ID owners-id"}]


def test_moving_pictures_of_an_album_are_left_out() -> None:
    moving = item("1nneRbX", type="video/mp4", animated=True, link="https://i.imgur.com/1nneRbX.mp4")
    found, _ = images(
        _KEYED,
        "https://imgur.com/gallery/0pVuZq8",
        **{"https://api.imgur.com/3/gallery/0pVuZq8": album(moving, item("0EDF1TX"))},
    )
    assert [each.id for each in found] == ["0EDF1TX"]


def test_a_gallery_may_be_one_picture() -> None:
    answer = json.dumps({"data": item("7xAFPmc", is_album=False), "success": True}).encode()
    found, _ = images(
        _KEYED, "https://imgur.com/gallery/7xAFPmc", **{"https://api.imgur.com/3/gallery/7xAFPmc": answer}
    )
    assert [each.id for each in found] == ["7xAFPmc"]


_GONE = PermanentError("api.imgur.com answered 404", Word.GONE)


@pytest.mark.parametrize("nothing", [_GONE, b'{"data": {"error": "not found"}, "success": false}'])
@pytest.mark.parametrize("known_as", ["album", "image"])
def test_a_gallery_that_is_not_public_is_an_album_or_a_picture(
    known_as: str, nothing: bytes | Exception
) -> None:
    names = ["gallery", "album", "image"]
    asked = names[: names.index(known_as) + 1]
    answer = album(item("1nneRbX")) if known_as == "album" else json.dumps({"data": item("1nneRbX")}).encode()
    answers: dict[str, bytes | Exception] = {
        f"https://api.imgur.com/3/{name}/zf2fIms": answer if name == known_as else nothing for name in asked
    }
    found, fetcher = images(_KEYED, "https://imgur.com/gallery/zf2fIms", **answers)
    assert [each.id for each in found] == ["1nneRbX"]
    assert fetcher.asked == list(answers)


@pytest.mark.parametrize("error", [PermanentError("403", Word.FORBIDDEN), RetryableError("429", Word.BUSY)])
def test_a_gallery_that_is_refused_is_not_asked_for_under_another_name(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        images(
            _KEYED,
            "https://imgur.com/gallery/zf2fIms",
            **{"https://api.imgur.com/3/gallery/zf2fIms": error},
        )


def test_the_smaller_copies_of_a_picture_are_its_previews() -> None:
    answer = json.dumps({"data": item("7xAFPmc", width=800, height=1200)}).encode()
    (found,), _ = images(
        _KEYED, "https://imgur.com/7xAFPmc", **{"https://api.imgur.com/3/image/7xAFPmc": answer}
    )
    assert [(each.url, each.width, each.height) for each in found.previews] == [
        ("https://i.imgur.com/7xAFPmcm.jpg", 213, 320),
        ("https://i.imgur.com/7xAFPmcl.jpg", 427, 640),
        ("https://i.imgur.com/7xAFPmch.jpg", 683, 1024),
    ]


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (album(item("7xAFPmc", animated=True, type="image/gif")), NoPictureError, "no still picture"),
        (album(item("7xAFPmc", link="https://evil.example/7xAFPmc.jpg")), NoPictureError, "no still"),
        (b'{"data": {"error": "not found"}, "success": false}', PermanentError, "shows no picture"),
        (b"[]", PermanentError, "shows no picture"),
        (b"<html>log in</html>", RetryableError, "not JSON"),
        (b'{"data": {"images": [{"id"', RetryableError, "not JSON"),
        (b"[" * 100_000, RetryableError, "not JSON"),
        (b"\xff\xfe", RetryableError, "not JSON"),
        (PermanentError("404", Word.GONE), PermanentError, "gone: 404"),
        (RetryableError("429", Word.BUSY), RetryableError, "busy: 429"),
    ],
)
def test_the_api_gives_no_picture(answer: bytes | Exception, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        images(_KEYED, "https://imgur.com/7xAFPmc", **{"https://api.imgur.com/3/image/7xAFPmc": answer})


def test_without_a_key_the_page_names_the_file() -> None:
    found, fetcher = images(
        _PLAIN,
        "http://m.imgur.com/7xAFPmc?r",
        **{"https://imgur.com/7xAFPmc": page(image="https://i.imgur.com/7xAFPmc.png?fb", type="article")},
    )
    assert [(each.id, each.urls) for each in found] == [("7xAFPmc", ("https://i.imgur.com/7xAFPmc.png",))]
    assert fetcher.headers == [{}]


def test_an_albums_page_names_its_first_picture() -> None:
    found, _ = images(
        _PLAIN,
        "https://imgur.com/a/gtNeC",
        **{"https://imgur.com/a/gtNeC": page(image="https://i.imgur.com/7xAFPmch.jpg?fbplay")},
    )
    assert [(each.id, each.urls) for each in found] == [("7xAFPmc", ("https://i.imgur.com/7xAFPmc.jpg",))]


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (page(image="https://i.imgur.com/removed.png"), PermanentError, "no picture any more"),
        (page(image="https://s.imgur.com/images/logo-1200-630.jpg?2"), PermanentError, "no picture any more"),
        (page(image="https://i.imgur.com/AnOther.jpg"), PermanentError, "no picture any more"),
        (page(image="https://evil.example/7xAFPmc.jpg"), PermanentError, "no picture any more"),
        (page(), PermanentError, "no picture any more"),
        (b"\x00\xff<meta property=og:image content=><meta", PermanentError, "no picture any more"),
        (page(video="https://i.imgur.com/7xAFPmc.mp4"), NoPictureError, "it is a video"),
        (page(type="video.other"), NoPictureError, "it is a video"),
    ],
)
def test_the_page_gives_no_picture(answer: bytes, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        images(_PLAIN, "https://imgur.com/7xAFPmc", **{"https://imgur.com/7xAFPmc": answer})


@pytest.mark.parametrize(
    ("url", "urls"),
    [
        ("http://imgur.com/7xAFPmc.jpg?1", ["https://i.imgur.com/7xAFPmc.jpg"]),
        (
            "https://i.imgur.com/7xAFPmc.webp",
            ["https://i.imgur.com/7xAFPmc.jpg", "https://i.imgur.com/7xAFPmc.webp"],
        ),
        (
            "https://i.imgur.com/7xAFPmcl.png",
            ["https://i.imgur.com/7xAFPmc.png", "https://i.imgur.com/7xAFPmcl.png"],
        ),
        (
            "https://i.imgur.com/7xAFPmc_d.webp?maxwidth=640",
            ["https://i.imgur.com/7xAFPmc.jpg", "https://i.imgur.com/7xAFPmc_d.webp?maxwidth=640"],
        ),
    ],
)
def test_a_direct_link_asks_nobody(url: str, urls: list[str]) -> None:
    match = _KEYED.match(url)
    assert match
    assert list(_KEYED.images(match, NoNetwork())[0].urls) == urls
