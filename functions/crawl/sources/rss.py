"""Reddit's Atom feeds: no account, about ten requests a minute, and fewer fields.

A feed knows neither over 18, nor video, nor removal, nor sizes, nor the items of a gallery.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bowerbird.messages import Submission
from functions.crawl import untrusted
from functions.crawl.cursor import FollowedSource
from functions.crawl.post import Post
from functions.crawl.sources.base import Context, SourceSpec
from functions.crawl.sources.feed import ACCEPT, html, parse_feed, published
from functions.crawl.sources.listing import Listing
from functions.crawl.sources.live import asking, communities, follow
from functions.crawl.sources.subreddits import listing_path

WWW: Final = "https://www.reddit.com"
PAGE: Final = 100
DEPTH: Final = 1000

_FULLNAME: Final = re.compile(r"t3_[0-9a-z]{1,16}")


class RssSource:
    """`/new/.rss` of r/all or of subreddits joined by `+`; newest first."""

    name = "rss"
    order = "id"

    def __init__(self, listing: Listing, communities: Sequence[str] = (), *, www: str = WWW) -> None:
        self._listing = listing
        self._url = f"{www}{listing_path(communities)}/new/.rss"

    def posts(self) -> Iterator[Post]:
        """Page back as deep as the feed goes and the budget allows; errors as for `Source.posts`."""
        query: dict[str, str | int] = {"limit": PAGE}
        read = 0
        while read < DEPTH and self._listing.open:
            entries = self._listing.page(f"{self._url}?{urlencode(query)}", parse_feed).entries
            posts = [post for post in map(_post, entries) if post]
            yield from posts
            if not posts:
                return
            read += len(entries)
            query |= {"after": posts[-1].submission.id, "count": read}


def _post(entry: Any) -> Post | None:
    identity = entry.get("id") or ""
    if not _FULLNAME.fullmatch(identity):
        return None  # a multireddit's feed may lead with an entry about itself
    permalink = untrusted.link(entry.get("link"))
    finder = _Link()
    finder.feed(html(entry))
    link = untrusted.link(finder.href)
    is_self = link is not None and permalink is not None and urlsplit(link).path == urlsplit(permalink).path
    tags = entry.get("tags") or [{}]
    author = untrusted.text(entry.get("author"))
    return Post(
        submission=Submission(
            source=RssSource.name,
            id=identity,
            community=untrusted.text(tags[0].get("term")),
            author=author.removeprefix("/u/") if author else None,
            title=untrusted.text(entry.get("title")),
            permalink=permalink,
            url=link,
            created_utc=published(entry),
        ),
        link=None if is_self else link,
        is_self=is_self,
    )


class _Link(HTMLParser):
    """Finds where `[link]` points: the one place where a feed says what was posted."""

    def __init__(self) -> None:
        super().__init__()
        self.href: str | None = None
        self._last: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._last = dict(attrs).get("href")

    def handle_data(self, data: str) -> None:
        # The author's own text comes first and may say [link] too; the feed's is the last.
        if data.strip() == "[link]":
            self.href = self._last


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("rss", ACCEPT, context)
    return follow("rss", ask, lambda listing: RssSource(listing, names), context)


SPEC: Final = SourceSpec("rss[:SUBREDDITS]", _open, communities=True)
