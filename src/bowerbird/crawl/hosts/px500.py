"""500px: photo pages, and files whose links are signed and so stay as they are."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(r"/(?:photo/)?(?P<id>[0-9]{1,16})/.{1,300}")
_FILES: Final = {"ppcdn.500px.org", "pcdn.500px.net", "drscdn.500px.org"}


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) in _FILES else None
    return File(found["id"]) if found else None


RULE: Final = PageOrFile(
    "500px",
    _file,
    (
        Page(
            re.compile(r"(?:www\.|web\.)?500px\.com"),
            re.compile(r"/photo/(?P<id>[0-9]{1,16})(?:/.*)?"),
            "https://500px.com/photo/{id}",
        ),
    ),
    same_id=True,
    shows="photo",
)

FACTS: Final = Facts(
    links="photo pages, files",
    original="the page's metadata",
    asks="page",
    examples=(
        Example(
            "http://ppcdn.500px.org/52866292/9e944f286e9ba110135839dca1aff8a18e18ffe8/2048.jpg",
            "image",
            "52866292",
            ("http://ppcdn.500px.org/52866292/9e944f286e9ba110135839dca1aff8a18e18ffe8/2048.jpg",),
        ),
        Example(
            "https://drscdn.500px.org/photo/96496237/q%3D80_m%3D2000/v2?sig=abc",
            "image",
            "96496237",
            ("https://drscdn.500px.org/photo/96496237/q%3D80_m%3D2000/v2?sig=abc",),
        ),
        Example("https://500px.com/photo/96496237/dawn-by-someone", "page", "96496237"),
        Example("https://web.500px.com/photo/96496237", "page", "96496237"),
        Example("https://500px.com/p/someone"),
    ),
)
