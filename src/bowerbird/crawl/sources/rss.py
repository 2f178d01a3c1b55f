"""Reddit's Atom feeds: no account, one request a minute, and fewer fields.

A feed does not say whether a post is over 18, a video or removed. It gives no sizes, and of a gallery only
the first item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.messages import Submission
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import EntryError, read_each
from bowerbird.crawl.sources.feed import ACCEPT, Feed, ParseFeed, parse_feed
from bowerbird.crawl.sources.listing import Listing
from bowerbird.crawl.sources.live import asking, communities, follow
from bowerbird.crawl.sources.reddit_app import FeedToken
from bowerbird.crawl.sources.reddit_refusals import check_all, explained
from bowerbird.crawl.sources.reddit_text import picture_links
from bowerbird.crawl.sources.subreddits import ALL, listing_path
from bowerbird.net.limiter import Limit

WWW: Final = "https://www.reddit.com"
PAGE: Final = 100
DEPTH: Final = 1000

_FULLNAME: Final = re.compile(r"t3_[0-9a-z]{1,16}")


class RssSource:
    """`/new/.rss` of r/all or of subreddits joined by `+`; newest first.

    With the owner's personal feed `token` the feed is read as its owner.
    """

    name = "rss"
    order = "id"

    def __init__(
        self,
        listing: Listing,
        communities: Sequence[str] = (),
        *,
        www: str = WWW,
        token: FeedToken | None = None,
        parse: ParseFeed = parse_feed,
    ) -> None:
        self._listing = listing
        self._token = token
        self._parse_feed = parse
        self._path = listing_path(communities)
        self._url = f"{www}{self._path}/new/.rss"

    def posts(self) -> Iterator[Post]:
        """Page back as deep as the feed goes and the budget allows; errors as for `Source.posts`."""
        query: dict[str, str | int] = {"limit": PAGE}
        if self._token:
            query |= {"feed": self._token.token, "user": self._token.user}
        read = 0
        while read < DEPTH and (self._listing.goes_on(self._url) if read else self._listing.open):
            entries = self._listing.page(f"{self._url}?{urlencode(query)}", self._parse).entries
            # A multireddit's feed may lead with an entry about itself.
            submissions = [entry for entry in entries if "error" in entry or _fullname(entry)]
            posts = list(read_each(self.name, submissions, _post, lambda entry: entry.get("id")))
            if not read and self._path == ALL:
                check_all(self.name, posts)
            yield from posts
            names = list(filter(None, map(_fullname, submissions)))
            if not names:
                return
            read += len(entries)
            query |= {"after": names[-1], "count": read}

    def _parse(self, body: bytes) -> Feed:
        """A feed names its own address, which holds the token."""
        token = quote_plus(self._token.token).encode() if self._token else b""
        return self._parse_feed(body.replace(token, b"") if token else body)


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
    at = [number for number, (_, text) in enumerate(entry["links"]) if text == "[link]"]
    link = untrusted.link(entry["links"][at[-1]][0]) if at else None
    in_text = [href for href, _ in entry["links"][: at[-1] if at else None]]
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
        text_links=picture_links(in_text, own=not is_self) + _first_of_gallery(entry, link),
    )


def _first_of_gallery(entry: Any, link: str | None) -> tuple[str, ...]:
    """A feed shows the first picture of a gallery as its thumbnail, and no other."""
    is_gallery = link is not None and urlsplit(link).path.startswith("/gallery/")
    return picture_links((each[0] for each in entry["thumbnails"][:1]), own=True) if is_gallery else ()


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("rss", ACCEPT, context)
    return follow(
        "rss",
        ask,
        lambda listing: RssSource(listing, names, token=context.feed_token),
        context,
        partial(explained, "rss"),
    )


SPEC: Final = SourceSpec(
    "rss[:SUBREDDITS]",
    _open,
    communities=True,
    reads="the same listings as Atom",
    needs="nothing, but one request a minute; or your personal feed token",
    order="id",
    unknown="over 18, video, removal, sizes, previews, all but the first of a gallery",
    family="reddit",
    # One a minute an address since June 2026, says X-Ratelimit-Reset (Ranchero-Software/NetNewsWire#5355).
    limits={"www.reddit.com": Limit(1, 60, until_told=True)},
    probe="rss",
    rank=3,
    advice="no account, one request a minute: name communities, a hundred posts of them come at once; your "
    "personal feed token (BOWERBIRD_REDDIT_FEED_USER and _TOKEN) may lift that",
)
