"""Unsplash: files, which lose their scaling with their query, and photo pages.

Files are served by imgix: https://unsplash.com/documentation#supported-parameters.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult

from bowerbird.crawl.hosts.base import domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

# Photographs that somebody reported lie below `flagged`, and are served all the same.
_FILE: Final = re.compile(r"/(?:flagged/)?(?P<id>(?:photo|reserve)[/-][\w/.-]{8,80})", re.ASCII)

# imgix scales to any width. These are for two first looks.
_SIDES: Final = (320, 1080)


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "images.unsplash.com" else None
    if not found:
        return None
    return File(found["id"], (f"https://images.unsplash.com{url.path}",) if url.query else ())


def _copies(link: str) -> dict[str, int]:
    return {f"{link}?w={side}&q=75&fm=jpg": side for side in _SIDES}


# `plus.unsplash.com` sells marked previews and is left alone. A page's id has 11 characters and stands behind
# a title, or alone.
RULE: Final = PageOrFile(
    "unsplash",
    _file,
    (
        Page(
            re.compile(r"(?:www\.)?unsplash\.com"),
            re.compile(r"(?:/[a-z]{2}(?:-[a-z]{2})?)?/photos/(?:[^/]*-)?(?P<id>[\w-]{11})(?:/.*)?", re.ASCII),
            "https://unsplash.com/photos/{id}",
        ),
    ),
    shows="photo",
    copies=_copies,
)

FACTS: Final = Facts(
    links="files, photo pages",
    original="the file without its query",
    asks="page for pages",
    widths=_SIDES,
    examples=(
        Example(
            "https://images.unsplash.com/photo-1501785888041-af3ef285b470?ixlib=rb-1.2.1&w=1080",
            "resized",
            "photo-1501785888041-af3ef285b470",
            (
                "https://images.unsplash.com/photo-1501785888041-af3ef285b470",
                "https://images.unsplash.com/photo-1501785888041-af3ef285b470?ixlib=rb-1.2.1&w=1080",
            ),
        ),
        Example(
            "https://images.unsplash.com/photo-1501785888041-af3ef285b470",
            "image",
            "photo-1501785888041-af3ef285b470",
            ("https://images.unsplash.com/photo-1501785888041-af3ef285b470",),
        ),
        Example("https://unsplash.com/photos/eOpewngf68w", "page", "eOpewngf68w"),
        Example("https://unsplash.com/photos/lake-under-a-sky-eOpewngf68w", "page", "eOpewngf68w"),
        Example("https://unsplash.com/de/photos/lake-eOpewngf68w", "page", "eOpewngf68w"),
        Example("https://unsplash.com/@someone"),
        Example("https://plus.unsplash.com/premium_photo-1661"),
        Example(
            "https://images.unsplash.com/flagged/photo-1586980368323-8ce5db4c85ff?ixid=ab&ixlib=rb-4.0.3&w=1080",
            "resized",
            "photo-1586980368323-8ce5db4c85ff",
            (
                "https://images.unsplash.com/flagged/photo-1586980368323-8ce5db4c85ff",
                "https://images.unsplash.com/flagged/photo-1586980368323-8ce5db4c85ff?ixid=ab&ixlib=rb-4.0.3&w=1080",
            ),
        ),
    ),
)
