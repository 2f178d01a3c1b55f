"""Pexels: photo pages, whose ids name their files, and files, which lose their scaling with their query."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(rf"/photos/(?P<id>[0-9]{{1,12}})/[^/]{{1,200}}\.(?:{STILL})", re.IGNORECASE)

# imgix scales to any width. These are for two first looks.
_SIDES: Final = (320, 1080)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "images.pexels.com" else None
    if not found:
        return None
    return File(found["id"], (f"https://images.pexels.com{url.path}",) if url.query else ())


def _copies(link: str) -> dict[str, int]:
    return {f"{link}?auto=compress&cs=tinysrgb&w={side}": side for side in _SIDES}


RULE: Final = PageOrFile(
    "pexels",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?pexels\.com"),
            re.compile(r"(?:/[a-z]{2}-[a-z]{2})?/(?:photo|foto|zdjecie)/(?:[^/]*-)?(?P<id>[0-9]{1,12})/?"),
            pictures=("https://images.pexels.com/photos/{id}/pexels-photo-{id}.jpeg",),
        ),
    ),
    copies=_copies,
)

FACTS: Final = Facts(
    links="photo pages, files",
    original="the page's id; the file without its query",
    widths=_SIDES,
    examples=(
        Example(
            "https://www.pexels.com/photo/sun-shining-between-the-trees-in-the-forest-onto-an-asphalt-road-17213600/",
            "page",
            "17213600",
            ("https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg",),
        ),
        Example(
            "https://www.pexels.com/de-de/foto/17213600/",
            "page",
            "17213600",
            ("https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg",),
        ),
        Example(
            "https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg?auto=compress&cs=tinysrgb&w=1260",
            "resized",
            "17213600",
            (
                "https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg",
                "https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg?auto=compress&cs=tinysrgb&w=1260",
            ),
        ),
        Example(
            "https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg",
            "image",
            "17213600",
            ("https://images.pexels.com/photos/17213600/pexels-photo-17213600.jpeg",),
        ),
        Example("https://www.pexels.com/@someone/"),
    ),
)
