"""Pictures of posts on Twitter; `name=orig` is the uploaded size.

Sizes: https://docs.x.com/x-api/fundamentals/data-dictionary#media.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import Image, Match, domain

_FILE: Final = re.compile(
    r"/media/(?P<id>[\w-]{10,32})(?:\.(?P<ext>jpe?g|png|webp))?(?::[a-z]{2,12})?", re.ASCII
)
_FORMATS: Final = {"jpg", "jpeg", "png", "webp"}


@dataclass(frozen=True, slots=True)
class Twitter:
    """Any size's link leads to the original; the format is the one the link names."""

    host: str = "twitter"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """`pbs.twimg.com/media/…` in its old and new spelling."""
        file = _FILE.fullmatch(url.path) if domain(url) == "pbs.twimg.com" else None
        if not file or _format(url) not in _FORMATS:
            return None
        return Match(self.host, "resized", file["id"], url.geturl())

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The original, then the link."""
        del fetcher
        form = _format(urlsplit(match.url))
        original = f"https://pbs.twimg.com/media/{match.id}?format={form}&name=orig"
        return (Image(match.id, (original, match.url)),)


def _format(url: SplitResult) -> str:
    file = _FILE.fullmatch(url.path)
    return (file and file["ext"]) or "".join(parse_qs(url.query).get("format", []))


RULE: Final = Twitter()
