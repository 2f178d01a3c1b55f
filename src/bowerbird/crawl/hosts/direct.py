"""Any link whose path ends like an image file: the catch-all, asked last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import IMAGE, STILL, Image, Match

_FILE: Final = re.compile(
    rf"\.(?:(?P<image>{STILL})|(?P<animation>gif|apng)|(?P<video>gifv|mp4|m4v|webm|mov|mkv))\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Direct:
    """The link is the file; what it really holds is the filter's to find out."""

    host: str = "direct"
    priority: int = 1000

    def match(self, url: SplitResult) -> Match | None:
        """Only the path counts: a file name in a query is somebody's script."""
        found = _FILE.search(url.path)
        if not found or not url.hostname:
            return None
        kind = IMAGE if found["image"] else "animation" if found["animation"] else "video"
        return Match(
            self.host, kind, digest(url._replace(scheme="", fragment="").geturl())[:16], url.geturl()
        )

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The link itself."""
        del fetcher
        return (Image(match.id, (match.url,)),)


RULE: Final = Direct()
