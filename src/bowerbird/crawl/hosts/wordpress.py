"""WordPress: the picture that was uploaded, behind the copies that themes and its CDN make.

Copies are named `-WIDTHxHEIGHT`: https://developer.wordpress.org/reference/functions/image_resize/. The CDN
wraps any site's picture: https://developer.wordpress.com/docs/photon/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import STILL, Image, Match, domain

_COPY: Final = re.compile(rf"-[0-9]{{2,5}}x[0-9]{{2,5}}(?=\.(?:{STILL})\Z)", re.IGNORECASE)
_CDN: Final = re.compile(r"i[0-3]\.wp\.com")
_WRAPPED: Final = re.compile(rf"/(?P<inner>[^/]+\.[^/]+/.+\.(?:{STILL}))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wordpress:
    """The upload first, then what was linked; asked after the rules that know their host."""

    host: str = "wordpress"
    priority: int = 500

    def match(self, url: SplitResult) -> Match | None:
        """Copies below `uploads/` of any site, and the CDN's links."""
        original = _original(url)
        return Match(self.host, "resized", digest(original)[:16], url.geturl()) if original else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The upload, then the link."""
        del fetcher
        original = untrusted.link(_original(urlsplit(match.url)))
        return (Image(match.id, (original, match.url) if original else (match.url,)),)


def _original(url: SplitResult) -> str | None:
    wrapped = _WRAPPED.fullmatch(url.path) if _CDN.fullmatch(domain(url)) else None
    if wrapped:
        return f"https://{wrapped['inner']}"
    if "/uploads/" in url.path and _COPY.search(url.path):
        return url._replace(path=_COPY.sub("", url.path), query="").geturl()
    return None


RULE: Final = Wordpress()
