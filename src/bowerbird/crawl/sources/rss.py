"""Reddit's Atom feeds: no account, about ten requests a minute, and fewer fields.

A feed knows neither over 18, nor video, nor removal, nor sizes, nor the items of a gallery.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import Submission
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import EntryError, read_each
from bowerbird.crawl.sources.feed import ACCEPT, ParseFeed, parse_feed
from bowerbird.crawl.sources.listing import Listing
from bowerbird.crawl.sources.live import asking, communities, follow
from bowerbird.crawl.sources.subreddits import WWW_LIMIT, listing_path

WWW: Final = "https://www.reddit.com"
PAGE: Final = 100
DEPTH: Final = 1000

_FULLNAME: Final = re.compile(r"t3_[0-9a-z]{1,16}")


class RssSource:
    """`/new/.rss` of r/all or of subreddits joined by `+`; newest first."""

    name = "rss"
    order = "id"

    def __init__(
        self,
        listing: Listing,
        communities: Sequence[str] = (),
        *,
        www: str = WWW,
        parse: ParseFeed = parse_feed,
    ) -> None:
        self._listing = listing
        self._parse = parse
        self._url = f"{www}{listing_path(communities)}/new/.rss"

    def posts(self) -> Iterator[Post]:
        """Page back as deep as the feed goes and the budget allows; errors as for `Source.posts`."""
        query: dict[str, str | int] = {"limit": PAGE}
        read = 0
        while read < DEPTH and self._listing.open:
            entries = self._listing.page(f"{self._url}?{urlencode(query)}", self._parse).entries
            # A multireddit's feed may lead with an entry about itself.
            submissions = [entry for entry in entries if "error" in entry or _fullname(entry)]
            posts = list(read_each(self.name, submissions, _post, lambda entry: entry.get("id")))
            yield from posts
            names = list(filter(None, map(_fullname, submissions)))
            if not names:
                return
            read += len(entries)
            query |= {"after": names[-1], "count": read}


def _fullname(entry: Any) -> str | None:
    name = entry.get("id") or ""
    return name if _FULLNAME.fullmatch(name) else None


def _post(entry: Any) -> Post:
    if kind := entry.get("error"):
        raise EntryError(kind)
    name = _fullname(entry)
    if name is None:
        raise InvalidMessageError("not a submission")
    permalink = untrusted.link(entry.get("link"))
    # Where `[link]` points is the one place that says what was posted. The author's own text comes first and
    # may say [link] too; the feed's is the last.
    hrefs = [href for href, text in entry["links"] if text == "[link]"]
    link = untrusted.link(hrefs[-1]) if hrefs else None
    is_self = link is not None and permalink is not None and urlsplit(link).path == urlsplit(permalink).path
    author = untrusted.text(entry.get("author"))
    return Post(
        submission=Submission(
            source=RssSource.name,
            id=name,
            community=untrusted.text(entry.get("term")),
            author=author.removeprefix("/u/") if author else None,
            title=untrusted.text(entry.get("title")),
            permalink=permalink,
            url=link,
            created_utc=untrusted.number(entry.get("published")),
        ),
        link=None if is_self else link,
        is_self=is_self,
    )


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("rss", ACCEPT, context)
    return follow("rss", ask, lambda listing: RssSource(listing, names), context)


SPEC: Final = SourceSpec(
    "rss[:SUBREDDITS]",
    _open,
    communities=True,
    reads="the same listings as Atom",
    needs="nothing, but about ten requests a minute",
    order="id",
    unknown="over 18, video, removal, sizes, previews, what is in a gallery",
    family="reddit",
    limits={"www.reddit.com": WWW_LIMIT},
    probe="rss",
)
