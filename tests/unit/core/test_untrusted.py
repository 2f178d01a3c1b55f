"""What a stranger may write into a field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core import untrusted


@pytest.mark.parametrize(
    ("value", "link"),
    [
        ("https://example.org/a.jpg", "https://example.org/a.jpg"),
        ("  https://example.org/a.jpg\n", "https://example.org/a.jpg"),
        ("HTTPS://Example.org/a b.jpg", "https://Example.org/a%20b.jpg"),
        ("https://example.org\\@evil.example/a.jpg", None),
        ("https://exämple.org/ü.jpg", "https://exämple.org/ü.jpg"),
        ("//example.org/a.jpg", None),
        ("/r/pics", None),
        ("https://u@example.org/", None),
        ("https://example.org:0/", None),
        ("https://example.org:65536/", None),
        ("https://[::1/", None),
        ("https://example.org/\ud800", None),
        ("https://example.org/" + "a" * 4077, None),
        ("file:///etc/passwd", None),
        (b"https://example.org/", None),
        (None, None),
    ],
)
def test_only_a_clean_web_link_is_a_link(value: object, link: str | None) -> None:
    assert untrusted.link(value) == link


def test_a_relative_link_needs_a_base() -> None:
    assert untrusted.link("/r/pics", "https://www.reddit.com") == "https://www.reddit.com/r/pics"
    assert untrusted.link("javascript:1", "https://www.reddit.com") is None
    assert untrusted.link(" ", "https://www.reddit.com") is None


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        (1, 1),
        ("640", 640),
        (1_000_000, 1_000_000),
        (1_000_001, None),
        (0, None),
        (-1, None),
        (True, None),
        (1.5, None),
        ("٣", None),
        ("", None),
        ("9" * 5000, None),
        (None, None),
        ([], None),
    ],
)
def test_pixels(value: object, pixels: int | None) -> None:
    assert untrusted.pixels(value) == pixels


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), (1.5, 1.5), (True, None), ("1", None), (float("nan"), None), (10**400, None), (None, None)],
)
def test_number(value: object, number: float | None) -> None:
    assert untrusted.number(value) == number


@given(st.text())
def test_text_can_always_be_sent(value: str) -> None:
    clean = untrusted.text(value)
    assert clean is None or 0 < len(clean.encode().decode()) <= 4096


def test_text_is_cut_and_never_empty() -> None:
    assert untrusted.text("a" * 5000) == "a" * 4096
    assert untrusted.text(" \n") is None
    assert untrusted.text("\ud800") == "?"
