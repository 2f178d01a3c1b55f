"""NASA's picture library: the size is the last word of a file's name, and `orig` is the upload's.

https://images.nasa.gov/docs/images.nasa.gov_api_docs.pdf.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, unquote

from bowerbird.crawl.hosts.base import STILL, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, Page, PageOrFile

_FILE: Final = re.compile(
    rf"(?P<before>/image/(?P<id>[^/]{{1,120}})/[^/]{{1,120}}~)(?P<size>thumb|small|medium|large|orig)\.(?P<ext>{STILL})",
    re.IGNORECASE,
)
_SIZES: Final = ("orig", "large", "medium", "small", "thumb")


def _file(url: SplitResult) -> File | None:
    found = _FILE.fullmatch(url.path) if domain(url) == "images-assets.nasa.gov" else None
    if not found:
        return None
    # An original may have another suffix than its copies, so the largest copy comes before the linked one.
    larger = [size for size in _SIZES[:2] if _SIZES.index(size) < _SIZES.index(found["size"].lower())]
    links = (url._replace(path=f"{found['before']}{size}.{found['ext']}").geturl() for size in larger)
    return File(unquote(found["id"]), tuple(links))


RULE: Final = PageOrFile(
    "nasa",
    _file,
    (
        Page(
            re.compile(r"images\.nasa\.gov"),
            re.compile(r"/details[-/](?P<id>[\w-]{4,120})(?:\.html)?", re.ASCII),
            pictures=(
                "https://images-assets.nasa.gov/image/{id}/{id}~orig.jpg",
                "https://images-assets.nasa.gov/image/{id}/{id}~large.jpg",
            ),
        ),
    ),
)

FACTS: Final = Facts(
    links="`images-assets.nasa.gov`, pages of `images.nasa.gov`",
    original="size `orig`, then `large`",
    examples=(
        Example(
            "https://images-assets.nasa.gov/image/PIA12235/PIA12235~small.jpg",
            "resized",
            "PIA12235",
            (
                "https://images-assets.nasa.gov/image/PIA12235/PIA12235~orig.jpg",
                "https://images-assets.nasa.gov/image/PIA12235/PIA12235~large.jpg",
                "https://images-assets.nasa.gov/image/PIA12235/PIA12235~small.jpg",
            ),
        ),
        Example(
            "https://images-assets.nasa.gov/image/PIA12235/PIA12235~orig.jpg",
            "image",
            "PIA12235",
            ("https://images-assets.nasa.gov/image/PIA12235/PIA12235~orig.jpg",),
        ),
        Example(
            "https://images.nasa.gov/details/PIA12235",
            "page",
            "PIA12235",
            (
                "https://images-assets.nasa.gov/image/PIA12235/PIA12235~orig.jpg",
                "https://images-assets.nasa.gov/image/PIA12235/PIA12235~large.jpg",
            ),
        ),
    ),
)
