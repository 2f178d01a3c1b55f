"""flickr's largest copy, by the API's recorded shape, by the page, and by the link alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bowerbird.core.errors import OptedOutError, PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.hosts.base import Image, NoPictureError
from tests.unit.crawl.fakes import FakeFetcher, NoNetwork

_KEYED = Hosts.found({"flickr": "owners-key"})
_PLAIN = Hosts.found()
_URL = "https://www.flickr.com/photos/someone/6946979188/"
_PAGE = "https://www.flickr.com/photo.gne?id=6946979188"
_STEM = "https://live.staticflickr.com/7049/6946979188"


def size(label: str, width: object, height: object, suffix: str, media: str = "photo") -> dict[str, Any]:
    """One size as flickr.photos.getSizes tells it: numbers come as numbers or as strings."""
    return {
        "label": label,
        "width": width,
        "height": height,
        "source": f"{_STEM}_{suffix}.jpg",
        "media": media,
    }


def sizes(*given: dict[str, Any]) -> bytes:
    return json.dumps({"sizes": {"canblog": 1, "size": given}, "stat": "ok"}).encode()


def ask(answer: bytes | Exception) -> tuple[Image, FakeFetcher]:
    match = _KEYED.match(_URL)
    assert match
    fetcher = FakeFetcher(otherwise=answer)
    (image,) = _KEYED.images(match, fetcher)
    return image, fetcher


def test_the_api_tells_the_largest_size() -> None:
    image, fetcher = ask(
        sizes(
            size("Square", 75, 75, "aa1111_s"),
            size("Large", "1024", "768", "aa1111_b"),
            size("Original", "4000", 3000, "cc3333_o"),
            size("Large 2048", 2048, "1536", "bb2222_k"),
        )
    )
    assert image.urls == (f"{_STEM}_cc3333_o.jpg", f"{_STEM}_bb2222_k.jpg", f"{_STEM}_aa1111_b.jpg")
    assert (image.width, image.height) == (4000, 3000)
    assert [each.width for each in image.previews] == [75, 1024, 2048]
    assert "method=flickr.photos.getSizes&api_key=owners-key&photo_id=6946979188" in fetcher.asked[0]


def test_a_free_accounts_1024_pixels_are_declared() -> None:
    image, _ = ask(sizes(size("Large", 1024, 683, "aa1111_b"), size("Small", 240, 160, "aa1111_m")))
    assert (image.width, image.height) == (1024, 683)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (b'{"stat":"fail","code":1,"message":"Photo not found"}', PermanentError, "Photo not found"),
        (
            b'{"stat":"fail","code":105,"message":"Service unavailable"}',
            RetryableError,
            "Service unavailable",
        ),
        (b'{"stat":"fail","code":[],"message":5}', PermanentError, "no reason"),
        (sizes(size("Site MP4", "352", "288", "aa1111", "video")), NoPictureError, "it is a video"),
        (sizes(), PermanentError, "no size"),
        (b'{"stat":"ok","sizes":[]}', PermanentError, "no size"),
        (b"<html>", RetryableError, "not JSON"),
    ],
)
def test_the_api_gives_no_photo(answer: bytes, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        ask(answer)


def read(page: str) -> Image:
    match = _PLAIN.match(_URL)
    assert match
    (image,) = _PLAIN.images(match, FakeFetcher({_PAGE: [page.encode()]}))
    return image


def test_without_a_key_the_page_names_the_sizes() -> None:
    image = read(
        f'<meta property="og:image" content="{_STEM}_aa1111_b.jpg">'
        r'<script>{"url":"\/\/live.staticflickr.com\/7049\/6946979188_bb2222_6k.jpg"},'
        r'{"url":"\/\/live.staticflickr.com\/7049\/6946979188_cc3333_3k.jpg"},'
        r'{"url":"\/\/live.staticflickr.com\/7049\/999_dd4444_o.jpg"}</script>'
    )
    assert image.urls == (f"{_STEM}_bb2222_6k.jpg", f"{_STEM}_cc3333_3k.jpg", f"{_STEM}_aa1111_b.jpg")
    assert (image.width, image.height) == (None, None)


def test_the_smaller_copies_that_the_page_names_are_previews_of_known_size() -> None:
    image = read(
        f'<meta property="og:image" content="{_STEM}_aa1111_b.jpg">'
        '<meta property="og:image:width" content="1024"><meta property="og:image:height" content="683">'
        f'"{_STEM}_bb2222_k.jpg" "{_STEM}_aa1111_z.jpg" "{_STEM}_aa1111_q.jpg" "{_STEM}_aa1111.jpg"'
    )
    assert image.urls[0] == f"{_STEM}_bb2222_k.jpg"
    assert (image.width, image.height) == (None, None)
    assert [(each.url, each.width, each.height) for each in image.previews] == [
        (f"{_STEM}_aa1111.jpg", 500, 333),
        (f"{_STEM}_aa1111_z.jpg", 640, 427),
        (f"{_STEM}_aa1111_b.jpg", 1024, 683),
    ]


def test_the_page_declares_the_size_when_it_ends_at_1024() -> None:
    image = read(
        f'<meta property="og:image" content="{_STEM}_aa1111_b.jpg">'
        '<meta property="og:image:width" content="1024"><meta property="og:image:height" content="683">'
    )
    assert (image.width, image.height) == (1024, 683)


def test_a_page_without_the_photo_is_gone() -> None:
    with pytest.raises(PermanentError, match="no photo any more"):
        read('<meta property="og:image" content="https://combo.staticflickr.com/logo.jpg">')


@pytest.mark.parametrize(
    ("url", "best"),
    [
        (f"{_STEM}_25bb44852b_z.jpg", f"{_STEM}_25bb44852b_b.jpg"),
        (f"{_STEM}_25bb44852b.jpg", f"{_STEM}_25bb44852b_b.jpg"),
        (f"{_STEM}_25bb44852b_z_d.jpg", f"{_STEM}_25bb44852b_b.jpg"),
        (f"{_STEM}_25bb44852b_b.jpg", f"{_STEM}_25bb44852b_b.jpg"),
        (f"{_STEM}_25bb44852b_k.jpg", f"{_STEM}_25bb44852b_k.jpg"),
        (f"{_STEM}_25bb44852b_o.png", f"{_STEM}_25bb44852b_o.png"),
    ],
)
def test_a_small_file_whose_page_is_gone_climbs_as_far_as_its_secret_goes(url: str, best: str) -> None:
    match = _PLAIN.match(url)
    assert match
    fetcher = FakeFetcher({_PAGE: [PermanentError("www.flickr.com answered 404", Word.GONE)]})
    (image,) = _PLAIN.images(match, fetcher)
    assert image.urls[0] == best
    assert image.urls[-1] == url
    # 1600 px and more may be kept as they are, and nobody is asked.
    assert fetcher.asked == ([] if url.endswith(("_k.jpg", "_o.png")) else [_PAGE])


def test_a_small_files_page_names_the_largest_copy_and_the_link_comes_last() -> None:
    url = f"{_STEM}_aa1111_b.jpg"
    match = _PLAIN.match(url)
    assert match
    page = f'"{_STEM}_bb2222_k.jpg" "{_STEM}_cc3333_h.jpg" "{_STEM}_aa1111_z.jpg"'
    (image,) = _PLAIN.images(match, FakeFetcher({_PAGE: [page.encode()]}))
    assert image.urls == (f"{_STEM}_bb2222_k.jpg", f"{_STEM}_cc3333_h.jpg", f"{_STEM}_aa1111_z.jpg", url)


@pytest.mark.parametrize("error", [OptedOutError("noai"), RetryableError("429", Word.BUSY)])
def test_a_small_file_is_not_taken_where_its_page_says_no_or_not_now(error: Exception) -> None:
    match = _PLAIN.match(f"{_STEM}_aa1111_b.jpg")
    assert match
    with pytest.raises(type(error)):
        _PLAIN.images(match, FakeFetcher({_PAGE: [error]}))


def test_an_album_is_no_picture() -> None:
    match = _KEYED.match("https://www.flickr.com/photos/someone/sets/905698/")
    assert match
    with pytest.raises(NoPictureError, match="page of links"):
        _KEYED.images(match, NoNetwork())
