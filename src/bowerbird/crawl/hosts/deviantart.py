"""DeviantArt: pages, by its oEmbed service: https://www.deviantart.com/developers/oembed.

Files of its content servers have signed or hashed links that say nothing more; the rule `direct` takes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.asking import fetch_json
from bowerbird.crawl.hosts.base import Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts

_PAGE: Final = re.compile(r"(?:/[\w-]{1,40})?/art/[^/]{1,200}-(?P<id>[0-9]{4,12})/?", re.ASCII)
_NUMBER: Final = re.compile(r"/(?:deviation|view)/(?P<id>[0-9]{4,12})/?")
_SHORT: Final = re.compile(r"/(?P<id>d[0-9a-z]{4,8})/?")


@dataclass(frozen=True, slots=True)
class Deviantart:
    """What the site lets others embed."""

    host: str = "deviantart"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Art pages in their old and new spelling, and `fav.me`."""
        name = domain(url)
        short = _SHORT.fullmatch(url.path) if name == "fav.me" else None
        if short:
            return Match(self.host, "page", short["id"], f"https://fav.me/{short['id']}")
        own = name == "deviantart.com" or name.endswith(".deviantart.com")
        page = (_PAGE.fullmatch(url.path) or _NUMBER.fullmatch(url.path)) if own else None
        return Match(self.host, "page", page["id"], url._replace(query="").geturl()) if page else None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The picture that the page's author lets be shown."""
        query = urlencode({"url": match.url, "format": "json"})
        answer = untrusted.mapping(fetch_json(fetcher, f"https://backend.deviantart.com/oembed?{query}"))
        if answer.get("safety") == "adult":
            raise NoPictureError("it is for adults")
        link = untrusted.link(answer.get("url"))
        if answer.get("type") != "photo" or not link:
            raise PermanentError("the page lets no picture be embedded")
        width, height = untrusted.pixels(answer.get("width")), untrusted.pixels(answer.get("height"))
        return (Image(match.id, (link,), (), width, height),)


RULE: Final = Deviantart()

FACTS: Final = Facts(
    links="art pages, `fav.me`",
    original="oEmbed",
    asks="API",
    examples=(
        Example(
            "http://sykohyko.deviantart.com/art/Conor-Mcgregor-593853650?ga_submit_new=10%253A1456772473",
            "page",
            "593853650",
        ),
        Example("https://www.deviantart.com/someone/art/Helix-Awakens-593971146", "page", "593971146"),
        Example("https://www.deviantart.com/deviation/593971146", "page", "593971146"),
        Example("https://fav.me/d97i6yv", "page", "d97i6yv"),
        Example("https://www.deviantart.com/someone/gallery"),
        Example("https://www.deviantart.com/someone/journal/Hello-593971146"),
    ),
)
