"""Any Atom, RSS or Media-RSS feed with pictures, read by feedparser from bytes that our fetcher got."""

from __future__ import annotations

import calendar
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import chain
from typing import Any, Final
from urllib.parse import urlsplit

import feedparser

from bowerbird.errors import UsageError
from bowerbird.keys import digest
from bowerbird.messages import Preview, Submission
from functions.crawl import untrusted
from functions.crawl.cursor import FollowedSource
from functions.crawl.post import Attachment, Post
from functions.crawl.sources.base import Context, SourceSpec
from functions.crawl.sources.listing import DamagedPageError, Listing
from functions.crawl.sources.live import asking, follow

ACCEPT: Final = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"

_MAX_ID: Final = 512
_MAX_PICTURES: Final = 100
# Two copies of one picture may round their height differently.
_SAME_SHAPE: Final = 0.01


class FeedSource:
    """The entries of one feed, in its order."""

    order = "none"

    def __init__(self, listing: Listing, url: str) -> None:
        clean = untrusted.link(url)
        if clean is None:
            raise UsageError(f"feed:{url}: not an http or https address; write feed:https://…")
        self.name = f"feed:{clean}"[:_MAX_ID]
        self._listing = listing
        self._url = clean

    def posts(self) -> Iterator[Post]:
        """Read the feed once; errors as for `Source.posts`."""
        feed = self._listing.page(self._url, parse_feed)
        community = untrusted.text(feed.feed.get("title"))
        for entry in feed.entries:
            yield _post(entry, self.name, community, feed.feed)


def parse_feed(body: bytes) -> Any:
    """What feedparser makes of a feed.

    Raises:
        DamagedPageError: not a feed.
    """
    # Given a string, feedparser opens it when it looks like a URL or a path; a stream is only read.
    feed = feedparser.parse(io.BytesIO(body))
    if not feed.version and not feed.entries:
        raise DamagedPageError("not a feed")
    return feed


def published(entry: Any) -> float | None:
    """When an entry says it was published, in seconds since 1970 UTC."""
    for key in ("published_parsed", "updated_parsed"):
        if entry.get(key):
            return float(calendar.timegm(entry[key]))
    return None


def html(entry: Any) -> str:
    """An entry's text in HTML."""
    return (
        "\n".join(part.get("value") or "" for part in entry.get("content") or [])
        or entry.get("summary")
        or ""
    )


def _post(entry: Any, source: str, community: str | None, feed: Any) -> Post:
    link = untrusted.link(entry.get("link"))
    identity = untrusted.text(entry.get("id")) or link or digest(str(entry.get("title")))
    attachments = _pictures(entry)
    return Post(
        submission=Submission(
            source=source,
            id=identity if len(identity) <= _MAX_ID else digest(identity),
            community=community,
            author=untrusted.text(entry.get("author")),
            title=untrusted.text(entry.get("title")),
            permalink=link,
            url=link,
            created_utc=published(entry),
            licence=next(
                filter(
                    None, (untrusted.text(x.get(k)) for x in (entry, feed) for k in ("license", "rights"))
                ),
                None,
            ),
        ),
        link=link,
        attachments=attachments,
        over_18=(entry.get("media_rating") or {}).get("content") == "adult",
    )


def _pictures(entry: Any) -> tuple[Attachment, ...]:
    """What the entry attaches; the pictures in its text only when it attaches none."""
    attached = [
        (untrusted.link(item.get("url") or item.get("href")), item)
        for item in chain(entry.get("media_content") or [], entry.get("enclosures") or [])
        if item.get("medium") == "image" or str(item.get("type")).startswith("image/")
    ]
    if not attached:
        finder = _Pictures()
        finder.feed(html(entry))
        attached = [(untrusted.link(src, entry.get("link")), {}) for src in finder.found]
    sized: dict[str, tuple[int | None, int | None]] = {}
    for url, item in attached:
        if url and url not in sized and len(sized) < _MAX_PICTURES:
            sized[url] = (untrusted.pixels(item.get("width")), untrusted.pixels(item.get("height")))
    return _one_picture_in_sizes(sized) or tuple(_attachment(url, *size) for url, size in sized.items())


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


class _Pictures(HTMLParser):
    """Collects the pictures of an entry's text; a picture of one pixel counts readers, it shows nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and values.get("src") and "1" not in {values.get("width"), values.get("height")}:
            self.found.append(str(values["src"]))


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"feed:{argument}"
    return follow(spec, asking(spec, ACCEPT, context), lambda listing: FeedSource(listing, argument), context)


SPEC: Final = SourceSpec("feed:URL", _open)
