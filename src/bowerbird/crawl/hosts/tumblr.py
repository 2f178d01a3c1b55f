"""tumblr's media files: names once ended in a width, 1280 the largest; newer names cannot be changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import IMAGE, Image, Match, domain

_NAME: Final = re.compile(r"(?:[0-9]{1,3}\.)?media\.tumblr\.com")
_OLD: Final = re.compile(
    r"(?P<stem>/(?:[0-9a-f]{32}/)?tumblr_(?P<id>\w{1,60}?))_(?P<width>[0-9]{2,4})\.(?P<ext>jpe?g|png)"
)
_NEW: Final = re.compile(
    r"/(?P<id>[0-9a-f]{32})/[0-9a-f-]{1,40}/s[0-9]+x[0-9]+/[0-9a-f]+\.(?:jpe?g|png|webp|pnj)"
)
_LARGEST: Final = 1280


@dataclass(frozen=True, slots=True)
class Tumblr:
    """The largest width of an old file, and the link itself of a new one."""

    host: str = "tumblr"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Files of both generations; pages hold texts as often as pictures and are left alone."""
        if not _NAME.fullmatch(domain(url)):
            return None
        old, new = _OLD.fullmatch(url.path), _NEW.fullmatch(url.path)
        if old:
            kind = "resized" if int(old["width"]) < _LARGEST else IMAGE
            return Match(self.host, kind, old["id"], url.geturl())
        return Match(self.host, IMAGE, new["id"], url.geturl()) if new else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The largest copy, then the linked one."""
        del fetcher
        parts = urlsplit(match.url)
        old = _OLD.fullmatch(parts.path)
        if match.kind == "resized" and old:
            larger = parts._replace(path=f"{old['stem']}_{_LARGEST}.{old['ext']}").geturl()
            return (Image(match.id, (larger, match.url)),)
        return (Image(match.id, (match.url,)),)


RULE: Final = Tumblr()
