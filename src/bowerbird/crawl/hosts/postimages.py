"""Postimages: pages under each of its names, and files.

The file that a page shows may be scaled. The file that it offers to download is the upload, under another
hash.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILES: Final = re.compile(r"i\.(?:postimg\.cc|postlmg\.cc|pixxxels\.cc)|s[0-9]{1,3}\.postimg\.(?:org|cc)")
_FILE: Final = re.compile(rf"/(?P<id>[0-9A-Za-z]{{6,16}})/[^/]{{1,200}}\.(?:{STILL})", re.IGNORECASE)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if _FILES.fullmatch(domain(url)) else None
    return File(found["id"]) if found else None


# Galleries are pages of pages and are left alone.
RULE: Final = PageOrFile(
    "postimages",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?(?:postimg|postlmg|postimages|pixxxels)\.(?:cc|org)"),
            re.compile(r"/(?:image/)?(?P<id>[0-9A-Za-z]{8,13})(?:/[0-9a-f]{0,8})?/?"),
            "https://postimg.cc/{id}",
        ),
    ),
)

FACTS: Final = Facts(
    links="`postimg.cc`, `i.postimg.cc`",
    original="the page's download, then its metadata",
    asks="page for pages",
    examples=(
        Example("https://postimg.cc/Z9Y6srnT", "page", "Z9Y6srnT"),
        Example("https://postimages.org/image/Z9Y6srnT/", "page", "Z9Y6srnT"),
        Example(
            "https://i.postimg.cc/52x2SmyV/dawn.jpg",
            "image",
            "52x2SmyV",
            ("https://i.postimg.cc/52x2SmyV/dawn.jpg",),
        ),
        Example("https://postimg.cc/gallery/Z9Y6srnT"),
    ),
)
