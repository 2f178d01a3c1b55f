"""Any Atom, RSS or Media-RSS feed with pictures, read by feedparser from bytes that our fetcher got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Preview, Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.feeds.isolated import read_isolated
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import EntryError, read_each
from bowerbird.crawl.sources.listing import Listing
from bowerbird.crawl.sources.live import asking, follow

ACCEPT: Final = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"

_MAX_ID: Final = 512
_MAX_PICTURES: Final = 100
# Two copies of one picture may round their height differently.
_SAME_SHAPE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself and its entries: see `bowerbird.crawl.feeds.reading`."""

    feed: dict[str, Any]
    entries: list[dict[str, Any]]


ParseFeed: TypeAlias = Callable[[bytes], Feed]


def parse_feed(body: bytes) -> Feed:
    """What feedparser makes of a feed, in a process of its own; raises what `read_isolated` does."""
    feed = read_isolated(body)
    return Feed(feed, feed["entries"])


class FeedSource:
    """The entries of one feed, in its order."""

    order = "none"

    def __init__(self, listing: Listing, url: str, *, parse: ParseFeed = parse_feed) -> None:
        clean = untrusted.link(url)
        if clean is None:
            raise UsageError(f"feed:{url}: not an http or https address; write feed:https://…")
        self.name = f"feed:{clean}"[:_MAX_ID]
        self._listing = listing
        self._url = clean
        self._parse = parse

    def posts(self) -> Iterator[Post]:
        """Read the feed once; errors as for `Source.posts`."""
        feed = self._listing.page(self._url, self._parse)
        community = untrusted.text(feed.feed.get("title"))
        yield from read_each(
            self.name, feed.entries, lambda entry: _post(entry, self.name, community, feed.feed), _identity
        )


def _identity(entry: Any) -> str:
    identity = (
        untrusted.text(entry.get("id"))
        or untrusted.link(entry.get("link"))
        or digest(str(entry.get("title")))
    )
    return identity if len(identity) <= _MAX_ID else digest(identity)


def _post(entry: Any, source: str, community: str | None, feed: Any) -> Post:
    if kind := entry.get("error"):
        raise EntryError(kind)
    link = untrusted.link(entry.get("link"))
    return Post(
        submission=Submission(
            source=source,
            id=_identity(entry),
            community=community,
            author=untrusted.text(entry.get("author")),
            title=untrusted.text(entry.get("title")),
            permalink=link,
            url=link,
            created_utc=untrusted.number(entry.get("published")),
            licence=untrusted.text(entry.get("licence")) or untrusted.text(feed.get("licence")),
        ),
        link=link,
        attachments=_pictures(entry),
        over_18=bool(entry.get("adult")),
    )


def _pictures(entry: Any) -> tuple[Attachment, ...]:
    """What the entry attaches; the pictures in its text only when it attaches none."""
    sized: dict[str, tuple[int | None, int | None]] = {}
    for src, width, height in entry["attached"]:
        if url := untrusted.link(src):
            sized.setdefault(url, (untrusted.pixels(width), untrusted.pixels(height)))
    if not entry["attached"]:
        for src, width, height in entry["shown"]:
            # A picture of one pixel counts readers, it shows nothing.
            if "1" not in {width, height} and (url := untrusted.link(src, entry["base"] or entry["link"])):
                sized.setdefault(url, (None, None))
    few = dict(list(sized.items())[:_MAX_PICTURES])
    return _one_picture_in_sizes(few) or tuple(_attachment(url, *size) for url, size in few.items())


def _one_picture_in_sizes(sized: dict[str, tuple[int | None, int | None]]) -> tuple[Attachment, ...]:
    """Media-RSS lists a picture's copies side by side: one shape, every width different."""
    copies = sorted((w, h, url) for url, (w, h) in sized.items() if w and h)
    shapes = [w / h for w, h, _ in copies]
    if len(copies) < max(2, len(sized)) or len({w for w, _, _ in copies}) < len(copies):
        return ()
    if max(shapes) - min(shapes) > _SAME_SHAPE * max(shapes):
        return ()
    previews = tuple(Preview(url, w, h) for w, h, url in copies[:-1])[-16:]
    width, height, original = copies[-1]
    return (_attachment(original, width, height, previews),)


def _attachment(
    url: str, width: int | None, height: int | None, previews: tuple[Preview, ...] = ()
) -> Attachment:
    host = urlsplit(url).hostname or ""
    return Attachment(digest(url)[:16], (url,), host, previews, width, height)


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"feed:{argument}"
    address = urlsplit(untrusted.link(argument) or "")
    if f".{address.hostname}".endswith(".reddit.com") and "feed" in parse_qs(address.query):
        raise UsageError(
            "a feed's address is kept with each of its pictures, and this one holds your feed token: use "
            "rss, with BOWERBIRD_REDDIT_FEED_USER and BOWERBIRD_REDDIT_FEED_TOKEN"
        )
    return follow(spec, asking(spec, ACCEPT, context), lambda listing: FeedSource(listing, argument), context)


SPEC: Final = SourceSpec(
    "feed:URL", _open, reads="any Atom, RSS or Media-RSS feed", unknown="whatever the feed leaves out"
)
