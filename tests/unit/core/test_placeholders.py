from __future__ import annotations

import hashlib

import pytest

from bowerbird.core.placeholders import Placeholder, Placeholders

DATA = b"the picture of a broken frame"
MD5 = hashlib.md5(DATA, usedforsecurity=False).hexdigest()
KNOWN = Placeholders(
    (
        Placeholder("a", path=r"https?://a\.example/gone\.png"),
        Placeholder("b", md5=MD5),
        Placeholder("c", size=("PNG", 161, 81)),
    )
)
ELSEWHERE = "https://x.example/picture.png"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example/gone.png", "a"),
        ("HTTP://A.example/gone.png?size=1", "a"),
        ("https://a.example/gone.png/x", None),
        ("https://x.example/?from=https://a.example/gone.png", None),
    ],
)
def test_by_where_it_lies(url: str, host: str | None) -> None:
    assert KNOWN.host_of(b"any", url=url) == host


@pytest.mark.parametrize(("data", "host"), [(DATA, "b"), (DATA + b" ", None), (DATA * 10_000, None)])
def test_by_its_bytes(data: bytes, host: str | None) -> None:
    assert KNOWN.host_of(data, url=ELSEWHERE) == host


@pytest.mark.parametrize(
    ("image_format", "size", "host"),
    [("PNG", (161, 81), "c"), ("JPEG", (161, 81), None), ("PNG", (81, 161), None), (None, None, None)],
)
def test_by_its_size(image_format: str | None, size: tuple[int, int] | None, host: str | None) -> None:
    assert KNOWN.host_of(b"any", url=ELSEWHERE, image_format=image_format, size=size) == host


def test_a_host_that_says_nothing_has_none() -> None:
    assert Placeholders((Placeholder("d"),)).host_of(DATA, url=ELSEWHERE) is None
    assert Placeholders().host_of(DATA, url=ELSEWHERE) is None
