"""Any Atom, RSS or Media-RSS feed with pictures, read by feedparser from bytes that our fetcher got."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import digest
from bowerbird.core.messages import Preview, Submission
from bowerbird.core.post import Attachment, Post
from bowerbird.crawl.feeds.isolated import read_isolated
from bowerbird.crawl.feeds.sizes import Size, one_picture
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import EntryError, read_each
from bowerbird.crawl.sources.listing import Listing
from bowerbird.crawl.sources.live import asking, follow

ACCEPT: Final = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"

_MAX_ID: Final = 512
_MAX_PICTURES: Final = 100


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
            self.name,
            feed.entries,
            lambda entry: _post(entry, self.name, community, feed.feed, self._url),
            _identity,
        )


def _identity(entry: Any) -> str:
    identity = (
        untrusted.text(entry.get("id"))
        or untrusted.link(entry.get("link"))
        or digest(str(entry.get("title")))
    )
    return identity if len(identity) <= _MAX_ID else digest(identity)


def _post(entry: Any, source: str, community: str | None, feed: Any, address: str) -> Post:
    if kind := entry.get("error"):
        raise EntryError(kind)
    link = untrusted.link(entry.get("link"), address)
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
        attachments=pictures_of(entry, link or address),
        over_18=bool(entry.get("adult")),
    )


def pictures_of(entry: Any, page: str) -> tuple[Attachment, ...]:
    """The pictures that an entry attaches, or else those its text shows, or else its thumbnails.

    Relative links in the entry are resolved against `page`.
    """
    attached = _one_by_one(entry["attached"], page)
    if attached:
        return attached
    base = untrusted.link(entry["base"], page) or page
    shown = (_copies(copies, base) for copies in entry["shown"])
    return (
        _distinct(each for each in shown if each)
        or _one_by_one(entry["untold"], page)
        or _one_by_one(entry["thumbnails"], page)
    )


def _one_by_one(items: Any, page: str) -> tuple[Attachment, ...]:
    """What is attached as so many files: pictures, or copies of one."""
    sized: dict[str, Size] = {}
    for address, width, height in items:
        if url := untrusted.link(address, page):
            sized.setdefault(url, (untrusted.pixels(width), untrusted.pixels(height)))
    few = dict(list(sized.items())[:_MAX_PICTURES])
    one = one_picture(few)
    if one:
        (url, width, height), previews = one
        return (_attachment((url,), width, height, previews),)
    return tuple(_attachment((url,), *size) for url, size in few.items())


def _copies(copies: Any, base: str) -> Attachment | None:
    """A picture of a text: its best copy, smaller ones as previews where their size is told."""
    sized = [(url, wide, high) for link, wide, high in copies if (url := untrusted.link(link, base))]
    if not sized:
        return None
    previews = (untrusted.preview(*each) for each in sized[1:])
    known = sorted((each for each in previews if each), key=lambda each: each.width)
    return _attachment(tuple(url for url, *_ in sized), previews=tuple(known)[-16:])


def _distinct(pictures: Iterable[Attachment]) -> tuple[Attachment, ...]:
    first = {each.id: each for each in reversed(list(pictures))}
    return tuple(reversed(first.values()))[:_MAX_PICTURES]


def _attachment(
    urls: tuple[str, ...],
    width: int | None = None,
    height: int | None = None,
    previews: tuple[Preview, ...] = (),
) -> Attachment:
    host = urlsplit(urls[0]).hostname or ""
    return Attachment(digest(urls[0])[:16], urls, host, previews, width, height, linked=True)


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
