"""What is fuzzed: each target takes any bytes and says in a word what came of them.

A BowerbirdError is an answer. Any other exception is a bug.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import (
    BundleError,
    InvalidMessageError,
    PermanentError,
    SourceBlockedError,
    SourceUnreachableError,
)
from bowerbird.core.messages import decode_candidate, encode_candidate
from bowerbird.core.ports import Fetched
from bowerbird.core.post import Post, Source
from bowerbird.core.reasons import Word
from bowerbird.crawl import jetstream
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.feeds.pictures import TAGS, shown
from bowerbird.crawl.hosts import Hosts
from bowerbird.crawl.markup import start_tags
from bowerbird.crawl.sources.arctic_shift import ArcticShiftSource
from bowerbird.crawl.sources.bluesky_post import parse_record
from bowerbird.crawl.sources.feed import FeedSource
from bowerbird.crawl.sources.lemmy import LemmySource
from bowerbird.crawl.sources.listing import Answer, Listing, RunBudget
from bowerbird.crawl.sources.mastodon import MastodonSource
from bowerbird.crawl.sources.reddit_oauth import RedditSource
from bowerbird.crawl.sources.reddit_post import parse_post
from bowerbird.crawl.sources.replay import ReplaySource
from bowerbird.crawl.sources.rss import RssSource
from bowerbird.crawl.sources.urls import UrlsSource
from bowerbird.crawl.sources.wikimedia import WikimediaSource
from bowerbird.imaging.colour import to_srgb
from bowerbird.imaging.containers import OPENERS
from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES
from bowerbird.models import manifest
from bowerbird.net.atproto import server_of
from bowerbird.net.limiter import Limit, Limiter
from bowerbird.net.urls import parse_target
from tests.feeds import read_here
from tests.fuzz import answers, callers, places, seeds, stored, wire

Target = Callable[[bytes], str]


def image(data: bytes) -> str:
    """The decode path, at a reduced scale as the models use it."""
    imaging.decode(data, min_side=16)
    return "decoded"


def container(data: bytes) -> str:
    """Taking a file apart, as each format, whatever it begins with. What is left never grows."""
    for name, opened in OPENERS.items():
        shell = opened(data)
        assert len(shell.data) <= len(data) + 16
        assert shell.orientation is None or 1 <= shell.orientation <= 8
        assert len(shell.colour.profile or b"") <= MAX_PROFILE_BYTES
        if shell.otherwise is None:
            assert len(opened(shell.data).data) <= len(shell.data), name
    to_srgb(Image.new("L", (2, 2)), shell.colour)
    name = imaging.sniff(data)
    return "apart" if name in OPENERS else "another format"


def url(data: bytes) -> str:
    """The reading of URLs before anything is asked."""
    target = parse_target(data.decode(errors="replace"), ports=frozenset({80, 443}))
    assert parse_target(target.url, ports=frozenset({80, 443})) == target
    return "accepted"


def host(data: bytes) -> str:
    """Every host rule's matching, which makes no request."""
    found = _hosts().match(data.decode(errors="surrogateescape"))
    return found.host if found else "no rule"


def post(data: bytes) -> str:
    """A submission to its candidates, and each candidate through the queue's format and back."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return "not JSON"
    return _looked_at([parse_post(fields, source="fuzz")])


def markup(data: bytes) -> str:
    """The start tags of a text."""
    tags = list(start_tags(data.decode(errors="replace"), {"img", "a", "meta"}))
    return "tags" if tags else "no tags"


def page(open_source: Callable[[Listing], Source]) -> Target:
    """One page of a source to its posts, and these to their candidates."""

    def read_page(data: bytes) -> str:
        limiter = Limiter({}, Limit(10_000, 1), sleep=lambda _: None)
        listing = Listing("fuzz", lambda _url: Answer(200, {}, data), limiter, RunBudget(1, 60))
        return _looked_at(open_source(listing).posts())

    return read_page


def file(open_source: Callable[[Path], Source]) -> Target:
    """A file of a source to its posts, and these to their candidates."""

    def read_file(data: bytes) -> str:
        path = _folder() / "posts"
        path.write_bytes(data)
        return _looked_at(open_source(path).posts())

    return read_file


def event(data: bytes) -> str:
    """A message of Jetstream to its post's candidates, each through the queue's format and back."""
    try:
        told = jetstream.decode(data.decode(errors="replace"))
    except jetstream.DamagedEventError as error:
        return str(error)
    if told.record is None:
        return told.operation or told.account or "the time"
    return _looked_at([parse_record(told.record, told.did, told.key, told.time_us / 1e6)])


def document(data: bytes) -> str:
    """The document of a DID, to the server that it names."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(fields, dict):
        return "not an object"
    server = server_of(fields, str(fields.get("id")))
    assert server.startswith("https://")
    return "server"


def message(data: bytes) -> str:
    """The queue's message."""
    candidate = decode_candidate(data.decode(errors="surrogateescape"))
    assert decode_candidate(encode_candidate(candidate)) == candidate
    return "candidate"


def bundle(data: bytes) -> str:
    """A bundle's manifest."""
    (_folder() / manifest.FILE_NAME).write_bytes(data)
    manifest.read(_folder())
    return "manifest"


def _looked_at(posts: Iterable[Post]) -> str:
    """What came of the last post; the crawl contains what goes wrong, and here it must not hide."""
    word = "no posts"
    crawler = Crawler(_Nowhere(), _hosts(), sleep=lambda _: None)
    for post in posts:
        if post.unreadable == InvalidMessageError.__name__:
            word = "invalid"
            continue
        if post.unreadable and post.submission.id.startswith("feedparser-"):
            word = "feedparser fails"
            continue
        for found in crawler.look(post):
            if isinstance(found, Skipped):
                assert found.reason.word not in {Word.ERROR, Word.UNSOUND}, found.reason
                word = found.reason.word
            else:
                assert decode_candidate(encode_candidate(found)) == found
                word = "candidates"
    return word


def _feed_source(listing: Listing) -> Source:
    return FeedSource(listing, "https://p.example/feed", parse=read_here)


def _rss_source(listing: Listing) -> Source:
    return RssSource(listing, parse=read_here)


def _lemmy_source(listing: Listing) -> Source:
    return LemmySource(listing, "l.example")


def _mastodon_source(listing: Listing) -> Source:
    return MastodonSource(listing, "m.example")


def shown_pictures(data: bytes) -> str:
    """The pictures of a text, and all of their copies."""
    return "pictures" if list(shown(start_tags(data.decode(errors="replace"), TAGS))) else "no pictures"


TARGETS: Mapping[str, tuple[Target, Callable[[], list[bytes]]]] = {
    "image": (image, seeds.images),
    "container": (container, seeds.containers),
    "url": (url, seeds.links),
    "host": (host, seeds.links),
    "post": (post, seeds.posts),
    "markup": (markup, seeds.feeds),
    "feed": (page(_feed_source), seeds.feeds),
    "rss": (page(_rss_source), seeds.reddit_feeds),
    "reddit": (page(RedditSource), seeds.reddit_pages),
    "arctic-shift": (page(ArcticShiftSource), seeds.archive_pages),
    "lemmy": (page(_lemmy_source), seeds.lemmy_pages),
    "mastodon": (page(_mastodon_source), seeds.timelines),
    "shown": (shown_pictures, seeds.feeds),
    "wikimedia": (page(WikimediaSource), seeds.commons_pages),
    "replay": (file(ReplaySource), seeds.recordings),
    "urls": (file(UrlsSource), seeds.links),
    "event": (event, seeds.events),
    "document": (document, seeds.documents),
    "message": (message, seeds.messages),
    "bundle": (bundle, seeds.manifests),
    **answers.TARGETS,
    **callers.TARGETS,
    **stored.TARGETS,
    **places.TARGETS,
    **wire.TARGETS,
}


def outcome(target: Target, data: bytes) -> str:
    """The target's word, or the first word of its refusal."""
    try:
        return target(data)
    except (InvalidMessageError, BundleError):
        return "invalid"
    except (SourceBlockedError, SourceUnreachableError) as error:
        return str(error).removeprefix("fuzz: ").partition(":")[0][:40]
    except PermanentError as error:
        return error.reason.word


class _Nowhere:
    """A web on which everything is gone."""

    def fetch(
        self, url: str, *, accept: str, max_bytes: int, headers: Mapping[str, str] | None = None, **_: object
    ) -> Fetched:
        del accept, max_bytes, headers
        raise PermanentError(f"{url}", Word.GONE)


@cache
def _hosts() -> Hosts:
    return Hosts.found()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="bowerbird-fuzz-"))
