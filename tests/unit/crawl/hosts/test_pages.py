"""The rules that ask a page or an API: what they make of its good and bad answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import Image, NoPictureError
from tests.unit.crawl.fakes import FakeFetcher

_HOSTS = Hosts.found()


def images(url: str, answer: bytes | Exception) -> tuple[tuple[Image, ...], str]:
    match = _HOSTS.match(url)
    assert match
    fetcher = FakeFetcher(otherwise=answer)
    found = _HOSTS.images(match, fetcher)
    (asked,) = fetcher.asked
    return found, asked


def og(link: str) -> bytes:
    return f'<html><head><meta property="og:image" content="{link}"></head>'.encode()


def wiki(**info: Any) -> bytes:
    """An answer of https://www.mediawiki.org/wiki/API:Imageinfo, formatversion 2."""
    return json.dumps(
        {"batchcomplete": True, "query": {"pages": [{"title": "File:X", "imageinfo": [info]}]}}
    ).encode()


def oembed(**fields: Any) -> bytes:
    """An answer of https://www.deviantart.com/developers/oembed."""
    return json.dumps(
        {"version": "1.0", "type": "photo", "title": "x", "safety": "nonadult"} | fields
    ).encode()


def artwork(*assets: dict[str, Any], **fields: Any) -> bytes:
    """The JSON behind an ArtStation page."""
    return json.dumps({"adult_content": False, "assets": assets} | fields).encode()


_ART = "https://cdna.artstation.com/p/assets/images/images/002/436/592"
_UPLOAD = "https://upload.wikimedia.org/wikipedia/commons"


@pytest.mark.parametrize(
    ("url", "answer", "asked", "urls"),
    [
        (
            "https://500px.com/photo/96496237/dawn",
            og("https://drscdn.500px.org/photo/96496237/m%3D900/v2?sig=abc&amp;x=1"),
            "https://500px.com/photo/96496237",
            ("https://drscdn.500px.org/photo/96496237/m%3D900/v2?sig=abc&x=1",),
        ),
        (
            "https://unsplash.com/photos/lake-eOpewngf68w",
            og("https://images.unsplash.com/photo-1501785888041-af3?w=1200&amp;h=630"),
            "https://unsplash.com/photos/eOpewngf68w",
            (
                "https://images.unsplash.com/photo-1501785888041-af3",
                "https://images.unsplash.com/photo-1501785888041-af3?w=1200&h=630",
            ),
        ),
        (
            "https://ibb.co/abc1234",
            og("https://i.ibb.co/xyz9876/dawn.jpg"),
            "https://ibb.co/abc1234",
            ("https://i.ibb.co/xyz9876/dawn.jpg",),
        ),
        (
            "https://en.wikipedia.org/wiki/File:Caf%C3%A9_&_sky.jpg",
            wiki(
                url=f"{_UPLOAD}/a/ab/X.jpg",
                thumburl=f"{_UPLOAD}/thumb/a/ab/X.jpg/3840px-X.jpg",
                mime="image/jpeg",
            ),
            (
                "https://en.wikipedia.org/w/api.php?action=query&format=json&formatversion=2&redirects=1&prop=imageinfo"
                "&iiprop=url%7Csize%7Cmime&iiurlwidth=3840&titles=File%3ACaf%C3%A9_%26_sky.jpg"
            ),
            (f"{_UPLOAD}/a/ab/X.jpg", f"{_UPLOAD}/thumb/a/ab/X.jpg/3840px-X.jpg"),
        ),
        (
            "https://commons.wikimedia.org/wiki/File:X.tif",
            wiki(
                url=f"{_UPLOAD}/a/ab/X.tif",
                thumburl=f"{_UPLOAD}/thumb/a/ab/X.tif/3840px-X.tif.jpg",
                mime="image/tiff",
            ),
            (
                "https://commons.wikimedia.org/w/api.php?action=query&format=json&formatversion=2&redirects=1"
                "&prop=imageinfo&iiprop=url%7Csize%7Cmime&iiurlwidth=3840&titles=File%3AX.tif"
            ),
            (f"{_UPLOAD}/thumb/a/ab/X.tif/3840px-X.tif.jpg",),
        ),
        (
            "http://someone.deviantart.com/art/Dawn-593853650?ga=1",
            oembed(url="https://images-wixmp-ed.wixmp.com/f/dawn.jpg?token=abc", width="3000", height=2000),
            (
                "https://backend.deviantart.com/oembed"
                "?url=http%3A%2F%2Fsomeone.deviantart.com%2Fart%2FDawn-593853650&format=json"
            ),
            ("https://images-wixmp-ed.wixmp.com/f/dawn.jpg?token=abc",),
        ),
        (
            "https://wallhaven.cc/w/01w334",
            og("https://w.wallhaven.cc/full/01/wallhaven-01w334.png"),
            "https://wallhaven.cc/w/01w334",
            ("https://w.wallhaven.cc/full/01/wallhaven-01w334.png",),
        ),
        (
            "https://th.wallhaven.cc/lg/01/01w334.jpg",
            og("//w.wallhaven.cc/full/01/wallhaven-01w334.png"),
            "https://wallhaven.cc/w/01w334",
            (
                "https://w.wallhaven.cc/full/01/wallhaven-01w334.png",
                "https://th.wallhaven.cc/lg/01/01w334.jpg",
            ),
        ),
        (
            "https://th.wallhaven.cc/lg/01/01w334.jpg",
            PermanentError("404", Word.GONE),
            "https://wallhaven.cc/w/01w334",
            ("https://th.wallhaven.cc/lg/01/01w334.jpg",),
        ),
        (
            "https://postimg.cc/Z9Y6srnT",
            og("https://i.postimg.cc/52x2SmyV/dawn.jpg")
            + b'<a href="https://i.postimg.cc/zDqBBfyL/dawn.jpg?dl=1" id="download">',
            "https://postimg.cc/Z9Y6srnT",
            ("https://i.postimg.cc/zDqBBfyL/dawn.jpg?dl=1",),
        ),
        (
            "https://postimages.org/image/Z9Y6srnT/",
            og("https://i.postimg.cc/52x2SmyV/dawn.jpg"),
            "https://postimg.cc/Z9Y6srnT",
            ("https://i.postimg.cc/52x2SmyV/dawn.jpg",),
        ),
        (
            "https://imgbox.com/qHhw7lpG",
            og("https://images2.imgbox.com/90/0b/qHhw7lpG_o.jpg"),
            "https://imgbox.com/qHhw7lpG",
            ("https://images2.imgbox.com/90/0b/qHhw7lpG_o.jpg",),
        ),
        (
            "https://www.pinterest.de/pin/858146903966145189/",
            og("https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg"),
            "https://www.pinterest.com/pin/858146903966145189/",
            (
                "https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
                "https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            ),
        ),
        (
            "https://narnia.fandom.com/de/wiki/Datei:X.jpg",
            wiki(
                url="https://static.wikia.nocookie.net/narnia/images/4/4a/X.jpg/revision/latest?cb=1",
                mime="image/jpeg",
            ),
            (
                "https://narnia.fandom.com/de/api.php?action=query&format=json&formatversion=2&redirects=1"
                "&prop=imageinfo&iiprop=url%7Csize%7Cmime&iiurlwidth=3840&titles=File%3AX.jpg"
            ),
            ("https://static.wikia.nocookie.net/narnia/images/4/4a/X.jpg/revision/latest?cb=1",),
        ),
        (
            "https://www.artstation.com/artwork/gPz1d",
            artwork({"asset_type": "image", "image_url": f"{_ART}/large/x.jpg?1"}),
            "https://www.artstation.com/projects/gPz1d.json",
            (f"{_ART}/8k/x.jpg?1", f"{_ART}/4k/x.jpg?1", f"{_ART}/large/x.jpg?1"),
        ),
    ],
)
def test_a_page_leads_to_its_picture(url: str, answer: bytes, asked: str, urls: tuple[str, ...]) -> None:
    found, request = images(url, answer)
    assert request == asked
    assert [each.urls for each in found] == [urls]


@pytest.mark.parametrize(
    ("url", "answer", "error", "reason"),
    [
        (
            "https://500px.com/photo/1/x",
            og("https://drscdn.500px.org/photo/2/x"),
            PermanentError,
            "no photo any more",
        ),
        (
            "https://500px.com/photo/1/x",
            og("https://evil.example/photo/1/x"),
            PermanentError,
            "no photo any more",
        ),
        (
            "https://unsplash.com/photos/eOpewngf68w",
            og("https://unsplash.com/logo"),
            PermanentError,
            "no photo",
        ),
        (
            "https://ibb.co/abc1234",
            og("https://evil.example/abc1234/a.jpg"),
            PermanentError,
            "no picture any more",
        ),
        ("https://ibb.co/abc1234", b"", PermanentError, "no picture any more"),
        (
            "https://en.wikipedia.org/wiki/File:X.jpg",
            b'{"query": {"pages": [{"missing": true}]}}',
            PermanentError,
            "no such",
        ),
        (
            "https://en.wikipedia.org/wiki/File:X.jpg",
            b'{"query": {"pages": {}}}',
            PermanentError,
            "no such file",
        ),
        ("https://en.wikipedia.org/wiki/File:X.jpg", b"<html>", RetryableError, "not JSON"),
        (
            "https://en.wikipedia.org/wiki/File:X.svg",
            wiki(url=f"{_UPLOAD}/a/ab/X.svg", mime="image/svg+xml"),
            NoPictureError,
            "no photograph's format",
        ),
        (
            "https://fav.me/d97i6yv",
            oembed(url="https://x.example/a.jpg", safety="adult"),
            NoPictureError,
            "adults",
        ),
        (
            "https://fav.me/d97i6yv",
            oembed(type="rich", url="https://x.example/a.jpg"),
            PermanentError,
            "embedded",
        ),
        ("https://fav.me/d97i6yv", oembed(url="file:///etc/passwd"), PermanentError, "embedded"),
        ("https://www.artstation.com/artwork/gPz1d", artwork(), PermanentError, "no still picture"),
        ("https://www.artstation.com/artwork/gPz1d", artwork(adult_content=True), NoPictureError, "adults"),
        (
            "https://www.artstation.com/artwork/gPz1d",
            artwork({"asset_type": "video", "image_url": f"{_ART}/large/x.jpg"}, {"asset_type": "image"}),
            PermanentError,
            "no still picture",
        ),
        (
            "https://wallhaven.cc/w/01w334",
            og("https://w.wallhaven.cc/full/zz/wallhaven-zzzzzz.png"),
            PermanentError,
            "no picture any more",
        ),
        (
            "https://th.wallhaven.cc/lg/01/01w334.jpg",
            OptedOutError("noai"),
            OptedOutError,
            "noai",
        ),
        ("https://imgbox.com/qHhw7lpG", og("https://imgbox.com/logo.png"), PermanentError, "no picture"),
        ("https://ibb.co/abc1234", RetryableError("429", Word.BUSY), RetryableError, "busy: 429"),
        ("https://ibb.co/abc1234", PermanentError("404", Word.GONE), PermanentError, "gone: 404"),
    ],
)
def test_a_page_gives_no_picture(
    url: str, answer: bytes | Exception, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        images(url, answer)


def test_a_wikis_file_has_the_copies_of_fixed_width_for_a_first_look() -> None:
    (found,), _ = images(
        "https://pl.wikipedia.org/wiki/Plik:X.jpg",
        wiki(url=f"{_UPLOAD}/a/ab/X.jpg", mime="image/jpeg", width=1000, height=500),
    )
    thumbs = "https://thumb.wikimedia.org/wikipedia/commons/thumb/a/ab/X.jpg"
    assert [(each.url, each.width, each.height) for each in found.previews] == [
        (f"{thumbs}/250px-X.jpg", 250, 125),
        (f"{thumbs}/330px-X.jpg", 330, 165),
        (f"{thumbs}/500px-X.jpg", 500, 250),
        (f"{thumbs}/960px-X.jpg", 960, 480),
    ]


def test_a_wikis_file_of_unknown_size_has_the_copies_that_a_cameras_would_have() -> None:
    (found,), _ = images(
        "https://pl.wikipedia.org/wiki/Plik:X.jpg", wiki(url=f"{_UPLOAD}/a/ab/X.jpg", mime="image/jpeg")
    )
    assert [(each.width, each.height) for each in found.previews] == [
        (250, 167), (330, 220), (500, 333), (960, 640), (1280, 853),
    ]  # fmt: skip
    assert (
        found.previews[0].url == "https://thumb.wikimedia.org/wikipedia/commons/thumb/a/ab/X.jpg/250px-X.jpg"
    )
