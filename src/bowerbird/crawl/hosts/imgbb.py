"""ImgBB: pages at ibb.co and files at i.ibb.co."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(rf"/(?P<id>[0-9A-Za-z]{{6,8}})/[^/]{{1,200}}\.(?:{STILL})", re.IGNORECASE)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "i.ibb.co" else None
    return File(found["id"]) if found else None


# Albums are left alone.
RULE: Final = PageOrFile(
    "imgbb",
    _file,
    (Page(re.compile(r"ibb\.co"), re.compile(r"/(?P<id>[0-9A-Za-z]{6,8})/?"), "https://ibb.co/{id}"),),
)

FACTS: Final = Facts(
    links="`ibb.co`, `i.ibb.co`",
    original="the page's download, then its metadata",
    asks="page for pages",
    examples=(
        Example("https://ibb.co/abc1234", "page", "abc1234"),
        Example(
            "https://i.ibb.co/abc1234/dawn.jpg", "image", "abc1234", ("https://i.ibb.co/abc1234/dawn.jpg",)
        ),
        Example("https://ibb.co/album/abc1234"),
        Example("https://i.ibb.co/abc1234/"),
    ),
)
