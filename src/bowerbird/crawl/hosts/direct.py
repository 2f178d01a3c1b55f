"""Any link whose path ends like an image file: the catch-all, asked last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote

from bowerbird.core.keys import digest
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import IMAGE, STILL, Image, Match
from bowerbird.crawl.hosts.facts import Example, Facts

_FILE: Final = re.compile(
    rf"\.(?:(?P<image>{STILL})|(?P<animation>gif|apng)|(?P<video>gifv|mp4|m4v|webm|mov|mkv))\Z", re.IGNORECASE
)
# A page about a file on any wiki, `/wiki/Datei:X.jpg`: what ends like a picture there is a title.
_WIKI_PAGE: Final = re.compile(r"/(?:wiki|w)/[^/]{1,60}:.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Direct:
    """Takes the link for the file itself. The filter finds out what it really holds."""

    host: str = "direct"
    priority: int = 1000

    def match(self, url: SplitResult) -> Match | None:
        """Only the path counts: a file name in a query is somebody's script."""
        found = _FILE.search(url.path)
        if not found or not url.hostname or _WIKI_PAGE.search(unquote(url.path)):
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

FACTS: Final = Facts(
    links="any path that ends like a picture",
    original="the link",
    examples=(
        Example("https://example.org/a/b.jpg", "image", "09f361677112c87c", ("https://example.org/a/b.jpg",)),
        Example("http://example.org/a/b.jpg", "image", "09f361677112c87c", ("http://example.org/a/b.jpg",)),
        Example(
            "https://example.org/a/b.JPEG?x=1#frag",
            "image",
            "ec53b80d7084a67d",
            ("https://example.org/a/b.JPEG?x=1#frag",),
        ),
        Example(
            "https://example.org:8443/b.png", "image", "76b674d6294e8b9d", ("https://example.org:8443/b.png",)
        ),
        Example(
            "https://i.stack.imgur.com/AbCdE.png",
            "image",
            "1252696c2dc47775",
            ("https://i.stack.imgur.com/AbCdE.png",),
        ),
        Example("https://example.org/b.webp", "image", "92a4399be6531219", ("https://example.org/b.webp",)),
        Example("https://example.org/b.gif", "animation", "fca8bda900266281"),
        Example("https://example.org/b.mp4", "video", "b1e009412864b5ba"),
        Example("https://example.org/jpg"),
        Example("https://example.org/show?file=b.jpg"),
        Example("https://example.org/b.jpg/"),
        Example("https://example.org/b.svg"),
        Example("https://wiki.example.org/wiki/Datei:Kiwi.jpg"),
    ),
)
