"""Bluesky: posts, the CDN's copies of pictures, and the originals at any author's server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import OptedOutError, PermanentError
from bowerbird.core.ports import Fetcher
from bowerbird.core.reasons import Word
from bowerbird.crawl.hosts.asking import fetch_json
from bowerbird.crawl.hosts.base import Image, Match, NoPictureError, domain
from bowerbird.crawl.hosts.facts import Example, Facts
from bowerbird.crawl.sources.bluesky_post import blob, pictures_of, thumbnails
from bowerbird.net.atproto import ADULT, DID, SIGNED_IN_ONLY
from bowerbird.net.limiter import Limit

APPVIEW: Final = "https://public.api.bsky.app/xrpc"

_CDN: Final = re.compile(
    r"/img/[a-z_]{1,32}/plain/(?P<did>did:[a-z0-9:.-]{1,260})/(?P<cid>[A-Za-z0-9]{8,128})(?:@[a-z]{1,8})?"
)
_CID: Final = re.compile(r"[A-Za-z0-9]{8,128}")
_POST: Final = re.compile(r"/profile/(?P<who>[A-Za-z0-9.:-]{1,260})/post/(?P<key>[A-Za-z0-9._~-]{1,512})/?")
_GET_BLOB: Final = "/xrpc/com.atproto.sync.getBlob"
# Pages that show Bluesky's posts under the same paths.
_SITES: Final = frozenset({"bsky.app", "www.bsky.app", "main.bsky.dev"})


@dataclass(frozen=True, slots=True)
class Bluesky:
    """The original from the author's own server, then the CDN's largest copy."""

    host: str = "bluesky"
    priority: int = 10

    def match(self, url: SplitResult) -> Match | None:
        """Posts, the CDN's copies, and originals wherever they lie."""
        name = domain(url)
        if name == "cdn.bsky.app":
            copy = _CDN.fullmatch(url.path)
            return self._blob(copy["did"], copy["cid"], "resized", url) if copy else None
        if url.path == _GET_BLOB and name:
            query = parse_qs(url.query)
            return self._blob(query.get("did", [""])[0], query.get("cid", [""])[0], "original", url)
        if name in _SITES and (post := _POST.fullmatch(url.path)):
            return Match(self.host, "post", f"{post['who']}/{post['key']}", url.geturl())
        return None

    def images(self, match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
        """The original of a picture; the public AppView is asked for the pictures of a post."""
        if match.kind == "post":
            return _of_post(match, fetcher)
        did, cid = match.id.split("/")
        # The ratio is a camera's: whoever looks at a copy measures it.
        return (Image(cid, blob(did, cid), thumbnails(did, cid, 3, 2, sized=False)),)

    def _blob(self, did: str, cid: str, kind: str, url: SplitResult) -> Match | None:
        if not DID.fullmatch(did) or not _CID.fullmatch(cid):
            return None
        return Match(self.host, kind, f"{did}/{cid}", url.geturl())


def _of_post(match: Match, fetcher: Fetcher) -> tuple[Image, ...]:
    """The pictures of a post, of an author by name or DID."""
    who, key = match.id.split("/")
    query = urlencode({"uri": f"at://{who}/app.bsky.feed.post/{key}", "depth": 0, "parentHeight": 0})
    answer = untrusted.mapping(fetch_json(fetcher, f"{APPVIEW}/app.bsky.feed.getPostThread?{query}"))
    view = untrusted.mapping(untrusted.mapping(answer.get("thread")).get("post"))
    author = untrusted.mapping(view.get("author"))
    did = author.get("did")
    if not isinstance(did, str) or not DID.fullmatch(did):
        raise PermanentError("there is no such post, or not for everybody")
    said = _labels(view) | _labels(author)
    if SIGNED_IN_ONLY in said:
        raise OptedOutError("its author shows it only to those signed in", Word.OPTED_OUT)
    if said & ADULT:
        raise NoPictureError("it is marked as adult")
    pictures = pictures_of(untrusted.mapping(view.get("record")), did)
    if not pictures:
        raise NoPictureError("the post shows no picture")
    return tuple(Image(each.id, each.urls, each.previews, each.width, each.height) for each in pictures)


def _labels(view: dict[str, Any]) -> set[str]:
    labels = map(untrusted.mapping, untrusted.sequence(view.get("labels")))
    return {str(label.get("val")) for label in labels if not label.get("neg")}


RULE: Final = Bluesky()

_WHO: Final = "did:plc:z72i7hdynmk6r22z27h6tvur"
_BLOB: Final = "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"

FACTS: Final = Facts(
    links="copies at `cdn.bsky.app`, originals (`…/xrpc/com.atproto.sync.getBlob`), posts of `bsky.app`",
    original="the author's own server, found by the DID as the picture is fetched; then the CDN's copy",
    asks="the public AppView for posts; a file: nobody",
    # Publishes none, and every author's document lies there; each is asked for once an hour at most.
    limits={"plc.directory": Limit(10, 1, 4)},
    watched=("cdn.bsky.app", "plc.directory"),
    examples=(
        Example(
            f"https://cdn.bsky.app/img/feed_fullsize/plain/{_WHO}/{_BLOB}@jpeg",
            "resized",
            f"{_WHO}/{_BLOB}",
            blob(_WHO, _BLOB),
        ),
        Example(
            f"https://cdn.bsky.app/img/feed_thumbnail/plain/{_WHO}/{_BLOB}",
            "resized",
            f"{_WHO}/{_BLOB}",
            blob(_WHO, _BLOB),
        ),
        Example(
            f"https://cdn.bsky.app/img/avatar/plain/did:web:example.org/{_BLOB}@webp",
            "resized",
            f"did:web:example.org/{_BLOB}",
            blob("did:web:example.org", _BLOB),
        ),
        Example(
            f"https://pds.example.org/xrpc/com.atproto.sync.getBlob?did={_WHO}&cid={_BLOB}",
            "original",
            f"{_WHO}/{_BLOB}",
            blob(_WHO, _BLOB),
        ),
        Example("https://bsky.app/profile/bsky.app/post/3mk4lzkrnk22d", "post", "bsky.app/3mk4lzkrnk22d"),
        Example(f"https://bsky.app/profile/{_WHO}/post/3mk4lzkrnk22d/", "post", f"{_WHO}/3mk4lzkrnk22d"),
        Example("https://bsky.app/profile/bsky.app"),
        Example("https://cdn.bsky.app/img/feed_fullsize/plain/nobody/xyz"),
        Example(f"https://pds.example.org/xrpc/com.atproto.sync.getBlob?did=did:key:abc&cid={_BLOB}"),
    ),
)
