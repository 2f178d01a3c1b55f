"""Cloudinary, also under its customers' names (NBC News…): a link without its transformations is the upload.

https://cloudinary.com/documentation/image_transformations#transformation_url_structure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import STILL, Image, Match, domain

_NAMES: Final = {"res.cloudinary.com", "media-cldnry.s-nbcnews.com"}
_STEP: Final = r"[a-z]{1,3}_[^/]{1,200}"
_FILE: Final = re.compile(
    rf"(?P<before>(?:/[\w-]{{1,64}})?/image/upload)(?:/{_STEP})+(?P<after>/.*\.(?:{STILL}))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Cloudinary:
    """The upload first, then the link."""

    host: str = "cloudinary"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Links with at least one transformation; signed ones (`s--…--`) are left as they are."""
        found = _FILE.fullmatch(url.path) if domain(url) in _NAMES else None
        return Match(self.host, "resized", digest(found["after"])[:16], url.geturl()) if found else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The upload, then the link."""
        del fetcher
        parts = urlsplit(match.url)
        original = parts._replace(path=_FILE.sub(r"\g<before>\g<after>", parts.path), query="").geturl()
        return (Image(match.id, (original, match.url)),)


RULE: Final = Cloudinary()
