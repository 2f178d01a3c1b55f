"""Servers that pass on other hosts' pictures: the link inside goes through the rules.

The proxy's own link stays the last fall-back. Lemmy:
https://join-lemmy.org/docs/administration/configuration.html (`image_mode`); weserv: https://wsrv.nl/docs/;
Cloudflare: https://developers.cloudflare.com/images/transform-images/transform-via-url/.
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

# The parameter that holds the link, by the host's name, or by the path on any host.
_BY_NAME: Final = {
    "external-content.duckduckgo.com": "u",
    "images.weserv.nl": "url",
    "proxy.misskeyusercontent.com": "url",
    "wsrv.nl": "url",
}
_BY_PATH: Final = re.compile(
    r"/api/v[34]/image(?:_|/)proxy|/_next/image/?|/proxy/(?:image|static|preview|thumbnail)\.webp"
)
# Links that end with the one inside them, escaped or not.
_AT_END: Final = {
    "res.cloudinary.com": re.compile(
        r"/[\w-]{1,64}/image/fetch/(?:[^/]{1,200}/)*?(?P<inner>https?(?:%3A|:).{4,})"
    ),
    "substackcdn.com": re.compile(r"/image/fetch/(?:[^/]{1,300}/)?(?P<inner>https?(?:%3A|:).{4,})"),
}
# Cloudflare scales any site's pictures, mostly the site's own: what follows its options is a path, or a link.
_CLOUDFLARE: Final = re.compile(r"/cdn-cgi/image/[^/]{1,200}/(?P<inner>.{4,})")


@dataclass(frozen=True, slots=True)
class Proxies:
    """Knows what is inside a link; has no pictures of its own."""

    host: str = "proxies"
    priority: int = 5

    def inner(self, url: SplitResult) -> str | None:
        """The link inside; weserv takes it without a scheme, too."""
        name = domain(url)
        end = _AT_END[name].fullmatch(url.path) if name in _AT_END else None
        if end:
            return unquote(end["inner"])
        scaled = _CLOUDFLARE.fullmatch(url.path)
        if scaled:
            inner = scaled["inner"]
            return inner if inner.startswith("http") else url._replace(path=f"/{inner.lstrip('/')}").geturl()
        field = _BY_NAME.get(name) or ("url" if _BY_PATH.fullmatch(url.path) else "")
        link = parse_qs(url.query).get(field, [""])[0] if field else ""
        if field and name.endswith(("weserv.nl", "wsrv.nl")) and link and "://" not in link:
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
    links=("Lemmy's and Misskey's proxies, weserv, DuckDuckGo, Substack, Cloudflare, Cloudinary, Next.js"),
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
        Example(
            "https://res.cloudinary.com/demo/image/fetch/w_500,f_auto/https://example.org/dawn.jpg",
            "image",
            "3885374d2318f433",
            (
                "https://example.org/dawn.jpg",
                "https://res.cloudinary.com/demo/image/fetch/w_500,f_auto/https://example.org/dawn.jpg",
            ),
            host="direct",
        ),
        Example(
            "https://example.org/cdn-cgi/image/width=800,quality=75/uploads/dawn-300x200.jpg",
            "resized",
            "0ec55e1f38e4d1f4",
            (
                "https://example.org/uploads/dawn.jpg",
                "https://example.org/uploads/dawn-300x200.jpg",
                "https://example.org/cdn-cgi/image/width=800,quality=75/uploads/dawn-300x200.jpg",
            ),
            host="wordpress",
        ),
        Example(
            "https://misskey.example/proxy/image.webp?url=https%3A%2F%2Fi.redd.it%2Fabc.jpg&thumbnail=1",
            "image",
            "abc",
            (
                "https://i.redd.it/abc.jpg",
                "https://misskey.example/proxy/image.webp?url=https%3A%2F%2Fi.redd.it%2Fabc.jpg&thumbnail=1",
            ),
            host="reddit",
        ),
        Example("https://lemmy.example/api/v3/image_proxy?url=https%3A%2F%2Fexample.org%2Fpage"),
        Example("https://lemmy.example/api/v3/image_proxy?url=file%3A%2F%2F%2Fetc%2Fa.jpg"),
    ),
)
