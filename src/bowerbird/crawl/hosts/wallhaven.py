"""wallhaven: pages of wallpapers, files, and thumbnails.

A thumbnail is always a JPEG, and its original may be a PNG. So the rule asks the page for the original's
name. The site allows 45 requests a minute: https://wallhaven.cc/help/api#limits.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile
from bowerbird.net.limiter import Limit

_PAGE: Final = "https://wallhaven.cc/w/{id}"
_FULL: Final = re.compile(rf"/full/[0-9a-z]{{2}}/wallhaven-(?P<id>[0-9a-z]{{6}})\.(?:{STILL})", re.IGNORECASE)
_THUMB: Final = re.compile(r"/(?:small|lg|orig)/[0-9a-z]{2}/(?P<id>[0-9a-z]{6})\.(?:jpg|png)", re.IGNORECASE)


def _file(url: SplitResult) -> File | None:
    name = domain(url)
    full = _FULL.fullmatch(url.path) if name == "w.wallhaven.cc" else None
    if full:
        return File(full["id"])
    thumb = _THUMB.fullmatch(url.path) if name == "th.wallhaven.cc" else None
    return File(thumb["id"], page=_PAGE.format(id=thumb["id"])) if thumb else None


RULE: Final = PageOrFile(
    "wallhaven",
    _file,
    (
        Page(re.compile(r"(?:www\.|alpha\.)?wallhaven\.cc"), re.compile(r"/w/(?P<id>[0-9a-z]{6})/?"), _PAGE),
        Page(re.compile(r"whvn\.cc"), re.compile(r"/(?P<id>[0-9a-z]{6})/?"), _PAGE),
    ),
    same_id=True,
)

FACTS: Final = Facts(
    links="pages, `whvn.cc`, files, thumbnails",
    original="the page's metadata",
    asks="page for pages and thumbnails",
    limits={"wallhaven.cc": Limit(45, 60)},
    examples=(
        Example("https://wallhaven.cc/w/01w334", "page", "01w334"),
        Example("https://whvn.cc/01w334", "page", "01w334"),
        Example(
            "https://w.wallhaven.cc/full/01/wallhaven-01w334.png",
            "image",
            "01w334",
            ("https://w.wallhaven.cc/full/01/wallhaven-01w334.png",),
        ),
        Example("https://th.wallhaven.cc/lg/01/01w334.jpg", "resized", "01w334"),
        Example("https://wallhaven.cc/toplist"),
    ),
)
