"""Picture servers of any site that scale by query (imgix, Contentful, Shopify…): without it, the original.

Parameters: https://docs.imgix.com/en-US/apis/rendering and its imitators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import STILL, Image, Match

_FILE: Final = re.compile(rf".*\.(?:{STILL})", re.IGNORECASE | re.DOTALL)
# A link with anything else in its query, such as a signature, is left as it is.
_SIZING: Final = {"w", "h", "width", "height", "resize", "fit", "crop", "maxwidth", "maxheight"}
_LOOKS: Final = {"q", "quality", "auto", "fm", "dpr", "strip", "ssl", "zoom", "sharp", "ixlib", "ixid"}


@dataclass(frozen=True, slots=True)
class Resizer:
    """The file without its query first, then the link; asked just before the catch-all."""

    host: str = "resizer"
    priority: int = 900

    def match(self, url: SplitResult) -> Match | None:
        """An image file whose whole query is about scaling."""
        names = {name.lower() for name, _ in parse_qsl(url.query, keep_blank_values=True)}
        if not names & _SIZING or names - _SIZING - _LOOKS or not _FILE.fullmatch(url.path):
            return None
        return Match(self.host, "resized", digest(f"{url.netloc}{url.path}")[:16], url.geturl())

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The original, then the link."""
        del fetcher
        original = urlsplit(match.url)._replace(query="", fragment="").geturl()
        return (Image(match.id, (original, match.url)),)


RULE: Final = Resizer()
