"""Image Chest: posts, of which a page's metadata name the first picture, and files."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(rf"/files/(?P<id>[0-9a-z]{{8,20}})\.(?:{STILL})", re.IGNORECASE)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "cdn.imgchest.com" else None
    return File(found["id"]) if found else None


RULE: Final = PageOrFile(
    "imgchest",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?imgchest\.com"),
            re.compile(r"/p/(?P<id>[0-9a-z]{8,16})/?"),
            "https://imgchest.com/p/{id}",
        ),
    ),
)

FACTS: Final = Facts(
    links="posts, files",
    original="the page's metadata (its first picture)",
    asks="page for posts",
    examples=(
        Example("https://imgchest.com/p/9p4n3xq2yxk", "page", "9p4n3xq2yxk"),
        Example(
            "https://cdn.imgchest.com/files/4apg5c4rqo4.jpg",
            "image",
            "4apg5c4rqo4",
            ("https://cdn.imgchest.com/files/4apg5c4rqo4.jpg",),
        ),
        Example("https://imgchest.com/u/someone"),
    ),
)
