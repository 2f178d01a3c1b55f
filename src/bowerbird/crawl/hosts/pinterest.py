"""Pinterest: files of every width, and the pages of pins.

The upload lies below `originals/`. Sometimes it has another suffix or is closed to strangers, so the link
stays a fall-back.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(
    r"/(?P<size>originals|[0-9]{2,4}x(?:[0-9]{2,4})?(?:_RS)?)"
    rf"(?P<rest>(?:/[0-9a-f]{{2}}){{3}}/(?P<id>[0-9a-f]{{32}})\.(?:{STILL}))",
    re.IGNORECASE,
)
_FILES: Final = re.compile(r"(?:i|s-media-cache-ak[0-9]|media-cache-[a-z0-9]{2,4})\.pinimg\.com")
_WIDTHS: Final = (236, 474, 564, 736)
_SITE: Final = re.compile(r"(?:[a-z]{2,3}\.)?pinterest\.(?:com?|[a-z]{2}|com?\.[a-z]{2})")


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if _FILES.fullmatch(domain(url)) else None
    if not found:
        return None
    if found["size"].lower() == "originals":
        return File(found["id"].lower())
    return File(found["id"].lower(), (f"https://i.pinimg.com/originals{found['rest']}",))


def _copies(link: str) -> dict[str, int]:
    return {link.replace("/originals/", f"/{width}x/"): width for width in _WIDTHS}


RULE: Final = PageOrFile(
    "pinterest",
    _file,
    (
        Page(
            _SITE,
            re.compile(r"/pin/(?:[^/]{0,200}--)?(?P<id>[0-9]{6,24})/?"),
            "https://www.pinterest.com/pin/{id}/",
        ),
    ),
    copies=_copies,
)

FACTS: Final = Facts(
    links="`i.pinimg.com`, pins",
    original="`originals/` with the same name",
    asks="page for pins",
    widths=_WIDTHS,
    examples=(
        Example(
            "https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            "resized",
            "0fb08c519067dd263a1fcfecea775450",
            (
                "https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
                "https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            ),
        ),
        Example(
            "https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            "image",
            "0fb08c519067dd263a1fcfecea775450",
            ("https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",),
        ),
        Example(
            "https://s-media-cache-ak0.pinimg.com/236x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            "resized",
            "0fb08c519067dd263a1fcfecea775450",
            (
                "https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
                "https://s-media-cache-ak0.pinimg.com/236x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
            ),
        ),
        Example("https://www.pinterest.de/pin/858146903966145189/", "page", "858146903966145189"),
        Example("https://www.pinterest.com/someone/"),
    ),
)
