"""Google's picture servers (Photos, Blogger): the size is a word of the link, and `s0` is the original's.

Words of sizes: https://developers.google.com/people/image-sizing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import STILL, Image, Match, domain

_NAME: Final = re.compile(r"(?:lh[0-9]|blogger|[0-9])\.(?:googleusercontent|ggpht|bp\.blogspot)\.com")
_WORD: Final = r"(?:[swh][0-9]{1,5}|[a-z]{1,3})(?:-(?:[swh][0-9]{1,5}|[a-z]{1,3}))*"
_IN_PATH: Final = re.compile(
    rf"(?P<before>/.{{8,}}/)(?P<size>{_WORD})(?P<after>/[^/]{{1,200}}\.(?:{STILL}))", re.IGNORECASE
)
_AT_END: Final = re.compile(rf"(?P<before>/[\w/.-]{{16,}})=(?P<size>{_WORD})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Google:
    """The original's size first, then the linked one."""

    host: str = "google"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Both spellings: the size between slashes, or at the end behind `=`."""
        if not _NAME.fullmatch(domain(url)):
            return None
        found = _IN_PATH.fullmatch(url.path) or _AT_END.fullmatch(url.path)
        if not found:
            return None
        return Match(self.host, "resized", digest(found["before"])[:16], url.geturl())

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The original, then the link."""
        del fetcher
        parts = urlsplit(match.url)
        inside, end = _IN_PATH.fullmatch(parts.path), _AT_END.fullmatch(parts.path)
        path = (
            f"{inside['before']}s0{inside['after']}"
            if inside
            else f"{end['before']}=s0"
            if end
            else parts.path
        )
        return (Image(match.id, tuple(dict.fromkeys((parts._replace(path=path).geturl(), match.url)))),)


RULE: Final = Google()
