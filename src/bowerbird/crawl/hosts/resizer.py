"""Picture servers of any site that scale by query (imgix, Contentful, Shopify…): without it, the original.

Parameters: https://docs.imgix.com/en-US/apis/rendering and its imitators.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qsl

from bowerbird.core.keys import digest
from bowerbird.crawl.hosts.base import STILL
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.hosts.page_or_file import File, PageOrFile

_FILE: Final = re.compile(rf".*\.(?:{STILL})", re.IGNORECASE | re.DOTALL)
# A link with anything else in its query, such as a signature, is left as it is.
_SIZING: Final = {"w", "h", "width", "height", "resize", "fit", "crop", "maxwidth", "maxheight"}
_LOOKS: Final = {"q", "quality", "auto", "cs", "fm", "dpr", "strip", "ssl", "zoom", "sharp", "ixlib", "ixid"}


def _file(url: SplitResult) -> File | None:
    """An image file whose whole query is about scaling."""
    names = {name.lower() for name, _ in parse_qsl(url.query, keep_blank_values=True)}
    if not names & _SIZING or names - _SIZING - _LOOKS or not _FILE.fullmatch(url.path):
        return None
    original = url._replace(query="", fragment="").geturl()
    return File(digest(f"{url.netloc}{url.path}")[:16], (original,))


# Asked just before the catch-all.
RULE: Final = PageOrFile("resizer", _file, priority=900)

FACTS: Final = Facts(
    links="an image file whose whole query is about scaling",
    original="the link without its query",
    examples=(
        Example(
            "https://someone.files.wordpress.com/2010/08/dawn.jpg?w=640",
            "resized",
            "7d8965351ddd044c",
            (
                "https://someone.files.wordpress.com/2010/08/dawn.jpg",
                "https://someone.files.wordpress.com/2010/08/dawn.jpg?w=640",
            ),
        ),
        Example(
            "https://images.example.org/dawn.jpg?auto=format&fit=crop&w=1000&q=80",
            "resized",
            "d8fa2e885d834d32",
            (
                "https://images.example.org/dawn.jpg",
                "https://images.example.org/dawn.jpg?auto=format&fit=crop&w=1000&q=80",
            ),
        ),
        Example(
            "https://images.example.org/dawn.jpg?w=1000&s=abcdef",
            "image",
            "20f0049f64b83d3f",
            ("https://images.example.org/dawn.jpg?w=1000&s=abcdef",),
            host="direct",
        ),
        Example(
            "https://images.example.org/dawn.jpg?q=80",
            "image",
            "7eb28d791bcc53c0",
            ("https://images.example.org/dawn.jpg?q=80",),
            host="direct",
        ),
        Example("https://images.example.org/dawn?w=1000"),
    ),
)
