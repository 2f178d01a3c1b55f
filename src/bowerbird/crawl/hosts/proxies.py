"""Servers that pass on other hosts' pictures: the link inside goes through the rules.

The proxy's own link stays the last fall-back. Lemmy:
https://join-lemmy.org/docs/administration/configuration.html (`image_mode`); weserv: https://wsrv.nl/docs/;
Substack, DuckDuckGo and Next.js write the link whole into theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.crawl.hosts.base import Image, Match, domain
from bowerbird.crawl.hosts.facts import Example, Facts

_LEMMY: Final = re.compile(r"/api/v[34]/image(?:_|/)proxy")
_NEXT: Final = re.compile(r"/_next/image/?")
# By the host's name: the parameter that holds the link.
_BY_NAME: Final = {
    "external-content.duckduckgo.com": "u",
    "images.weserv.nl": "url",
    "wsrv.nl": "url",
}
_SUBSTACK: Final = re.compile(r"/image/fetch/[^/]{1,300}/(?P<inner>https?(?:%3A|:).{4,3000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Knows what is inside a link; has no pictures of its own."""

    host: str = "proxies"
    priority: int = 5

    def inner(self, url: SplitResult) -> str | None:
        """The link inside; weserv takes it without a scheme, too."""
        name = domain(url)
        if name == "substackcdn.com":
            found = _SUBSTACK.fullmatch(url.path)
            return unquote(found["inner"]) if found else None
        field = _BY_NAME.get(name) or (
            "url" if _LEMMY.fullmatch(url.path) or _NEXT.fullmatch(url.path) else ""
        )
        link = "".join(parse_qs(url.query).get(field, [])[:1]) if field else ""
        if name in {"images.weserv.nl", "wsrv.nl"} and link and "://" not in link:
            return f"https://{link.removeprefix('ssl:').lstrip('/')}"
        return link or None

    def match(self, url: SplitResult) -> Match | None:
        """Nothing: what is inside has its own rule, or none."""
        del url
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """Never asked, for it makes no match."""
        del fetcher
        raise PermanentError(f"{match.url} is a proxy's link, and nothing is known of what it shows")


RULE: Final = Proxies()

FACTS: Final = Facts(
    links="Lemmy's `image_proxy`, weserv, DuckDuckGo, Substack, Next.js",
    original="the rule of the link inside",
    asks="as that rule",
    examples=(
        Example(
            "https://lemmy.example/api/v3/image_proxy?url=https%3A%2F%2Fi.imgur.com%2FQhVg5yl.jpg",
            "image",
            "QhVg5yl",
            (
                "https://i.imgur.com/QhVg5yl.jpg",
                "https://lemmy.example/api/v3/image_proxy?url=https%3A%2F%2Fi.imgur.com%2FQhVg5yl.jpg",
            ),
            host="imgur",
        ),
        Example(
            "https://lemmy.example/api/v4/image/proxy?url=https%3A%2F%2Fi.pinimg.com%2F736x%2F0f%2Fb0%2F8c%2F0fb08c519067dd263a1fcfecea775450.jpg",
            "resized",
            "0fb08c519067dd263a1fcfecea775450",
            (
                "https://i.pinimg.com/originals/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
                "https://i.pinimg.com/736x/0f/b0/8c/0fb08c519067dd263a1fcfecea775450.jpg",
                "https://lemmy.example/api/v4/image/proxy?url=https%3A%2F%2Fi.pinimg.com%2F736x%2F0f%2Fb0%2F8c%2F0fb08c519067dd263a1fcfecea775450.jpg",
            ),
            host="pinterest",
        ),
        Example(
            "https://wsrv.nl/?url=i.redd.it/abc.jpg&w=600",
            "image",
            "abc",
            ("https://i.redd.it/abc.jpg", "https://wsrv.nl/?url=i.redd.it/abc.jpg&w=600"),
            host="reddit",
        ),
        Example(
            "https://external-content.duckduckgo.com/iu/?u=https%3A%2F%2Fpbs.twimg.com%2Fmedia%2FDMV41qCW0AAcIT7.jpg&f=1",
            "resized",
            "DMV41qCW0AAcIT7",
            (
                "https://pbs.twimg.com/media/DMV41qCW0AAcIT7?format=jpg&name=orig",
                "https://pbs.twimg.com/media/DMV41qCW0AAcIT7.jpg",
                "https://external-content.duckduckgo.com/iu/?u=https%3A%2F%2Fpbs.twimg.com%2Fmedia%2FDMV41qCW0AAcIT7.jpg&f=1",
            ),
            host="twitter",
        ),
        Example(
            "https://substackcdn.com/image/fetch/w_1456,c_limit,f_auto/https%3A%2F%2Fi.imgur.com%2FQhVg5yll.jpg",
            "resized",
            "QhVg5yl",
            (
                "https://i.imgur.com/QhVg5yl.jpg",
                "https://i.imgur.com/QhVg5yll.jpg",
                "https://substackcdn.com/image/fetch/w_1456,c_limit,f_auto/https%3A%2F%2Fi.imgur.com%2FQhVg5yll.jpg",
            ),
            host="imgur",
        ),
        Example("https://lemmy.example/api/v3/image_proxy?url=https%3A%2F%2Fexample.org%2Fpage"),
        Example("https://lemmy.example/api/v3/image_proxy?url=file%3A%2F%2F%2Fetc%2Fa.jpg"),
    ),
)
