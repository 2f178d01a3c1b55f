"""Wix: what scales a file stands behind its name."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(
    rf"(?P<file>/media/(?P<id>[\w~.-]{{8,120}}\.(?:{STILL})))(?P<scaled>/v1/.{{1,500}})?",
    re.IGNORECASE | re.ASCII,
)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "static.wixstatic.com" else None
    if not found:
        return None
    original = f"https://static.wixstatic.com{found['file']}"
    return File(found["id"], (original,) if found["scaled"] else ())


RULE: Final = PageOrFile("wix", _file)

FACTS: Final = Facts(
    links="`static.wixstatic.com`",
    original="the name without what scales it",
    examples=(
        Example(
            "https://static.wixstatic.com/media/11062b_3f0c~mv2.jpg/v1/fill/w_980,h_654,al_c,q_85/dawn.jpg",
            "resized",
            "11062b_3f0c~mv2.jpg",
            (
                "https://static.wixstatic.com/media/11062b_3f0c~mv2.jpg",
                "https://static.wixstatic.com/media/11062b_3f0c~mv2.jpg/v1/fill/w_980,h_654,al_c,q_85/dawn.jpg",
            ),
        ),
        Example(
            "https://static.wixstatic.com/media/11062b_3f0c~mv2.jpg",
            "image",
            "11062b_3f0c~mv2.jpg",
            ("https://static.wixstatic.com/media/11062b_3f0c~mv2.jpg",),
        ),
    ),
)
