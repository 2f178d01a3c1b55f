"""Fuzzes what hosts of pictures answer: the pages and the APIs that the rules ask."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from bowerbird.core import untrusted
from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.ports import Fetched
from bowerbird.crawl.hosts import Hosts, key_settings
from bowerbird.crawl.hosts.base import MOVING, Match

_IMAGES = (
    "https://i.imgur.com/AbCdEfG.jpg",
    "https://live.staticflickr.com/65535/12345678901_0123456789_k.jpg",
    "https://w.wallhaven.cc/full/ab/wallhaven-ab12cd.jpg",
)


class Answering:
    """A web on which every address answers the same; `asked` counts."""

    def __init__(self, body: bytes) -> None:
        self.body, self.asked = body, 0

    def fetch(self, url: str, **_: object) -> Fetched:
        """Answer."""
        self.asked += 1
        return Fetched(url, 200, {"content-type": "text/html"}, self.body)


def answer(data: bytes) -> str:
    """One host's answer to the pictures' links; which host, the bytes decide."""
    asking = _asking()
    match = asking[zlib.crc32(data[-64:]) % len(asking)]
    try:
        images = _hosts().images(match, Answering(data))
    except (PermanentError, RetryableError) as error:
        return type(error).__name__
    for image in images:
        assert image.id
        assert all(untrusted.link(url) == url or url.startswith("at://did:") for url in image.urls)
    return "pictures"


@cache
def _hosts() -> Hosts:
    return Hosts.found(dict.fromkeys(key_settings(), "a-key"))


@cache
def _asking() -> list[Match]:
    """One link for each kind that a rule asks somebody about."""
    found: dict[tuple[str, str], Match] = {}
    for facts in _hosts().facts.values():
        for example in facts.examples:
            match, web = _hosts().match(example.url), Answering(b"{}")
            if match is None or match.kind in MOVING:
                continue
            with contextlib.suppress(PermanentError, RetryableError):
                _hosts().images(match, web)
            if web.asked:
                found.setdefault((match.host, match.kind), match)
    return list(found.values())


def pages() -> list[bytes]:
    """A page's metadata, and what each kind of API says."""
    metas = "".join(f'<meta property="og:image" content="{link}">' for link in _IMAGES)
    page = (
        f'<html><head>{metas}<meta property="og:image:width" content="4000"><meta name="twitter:image" '
        f'content="{_IMAGES[0]}"></head><a id="download" href="/a.jpg" download>x</a>'
        '<script>{"url":"https:\\/\\/live.staticflickr.com\\/65535\\/12345678901_0123456789_k.jpg"}</script>'
    )
    size = {"source": _IMAGES[1], "width": 4000, "height": "3000", "media": "photo"}
    item = {"id": "AbCdEfG", "link": _IMAGES[0], "type": "image/jpeg", "width": 4000, "height": 3000}
    asset = {
        "asset_type": "image",
        "image_url": "https://cdna.artstation.com/p/assets/images/images/001/002/003/large/a.jpg",
    }
    info = {"url": _IMAGES[2], "thumburl": _IMAGES[2], "mime": "image/jpeg", "width": 4000, "height": 3000}
    embed = {
        "$type": "app.bsky.embed.images",
        "images": [{"image": {"ref": {"$link": "bafkrei" + "a" * 52}}}],
    }
    view = {"author": {"did": "did:plc:" + "a" * 24, "labels": [{"val": "bot"}]}, "record": {"embed": embed}}
    everything = {
        "stat": "ok", "sizes": {"size": [size, size]}, "data": {"images": [item]}, "assets": [asset],
        "type": "photo", "url": _IMAGES[0], "width": 4000, "height": "3000", "message": "m", "code": 1,
        "query": {"pages": [{"imageinfo": [info]}]}, "thread": {"post": view},
    }  # fmt: skip
    return [page.encode(), json.dumps(everything).encode()]


TARGETS: Mapping[str, tuple[Callable[[bytes], str], Callable[[], list[bytes]]]] = {"answer": (answer, pages)}
