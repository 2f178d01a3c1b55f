"""Squarespace: the parameter `format` scales a file, and `format=original` does not.

Widths: https://developers.squarespace.com/image-loader ("Bypassing ImageLoader").
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_NAMES: Final = {"images.squarespace-cdn.com", "static1.squarespace.com"}
_FILE: Final = re.compile(r"(?:/content/v1|/static)/.{8,400}", re.DOTALL)
_SCALED: Final = re.compile(r"[0-9]{2,5}w|original")
# Of the widths that there are, those for two first looks.
_WIDTHS: Final = (300, 1000)


def _file(url: SplitResult) -> File | None:
    """Files whose link says how they are scaled; the rest is somebody else's to know."""
    form = parse_qs(url.query).get("format", [""])[0]
    if domain(url) not in _NAMES or not _FILE.fullmatch(url.path) or not _SCALED.fullmatch(form):
        return None
    original = url._replace(query="format=original").geturl()
    return File(digest(url.path)[:16], () if form == "original" else (original,))


def _copies(link: str) -> dict[str, int]:
    return {link.replace("?format=original", f"?format={width}w"): width for width in _WIDTHS}


RULE: Final = PageOrFile("squarespace", _file, copies=_copies)

FACTS: Final = Facts(
    links="`images.squarespace-cdn.com`",
    original="`format=original`",
    widths=_WIDTHS,
    examples=(
        Example(
            "https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=1500w",
            "resized",
            "c2a099907d875297",
            (
                "https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=original",
                "https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=1500w",
            ),
        ),
        Example(
            "https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=original",
            "image",
            "c2a099907d875297",
            ("https://images.squarespace-cdn.com/content/v1/5a1b/1512-AB/dawn.jpg?format=original",),
        ),
    ),
)
