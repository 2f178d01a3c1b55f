"""The public Reddit archive Arctic Shift: no account, Reddit's own objects, some delay, no promises.

https://github.com/ArthurHeitmann/arctic_shift/blob/master/api/README.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge
from typing import Final
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.listing import DamagedPageError, Listing
from bowerbird.crawl.sources.live import asking, communities, follow
from bowerbird.crawl.sources.reddit_post import fullname_of, parse_post
from bowerbird.crawl.sources.subreddits import is_of, subreddits
from bowerbird.net.limiter import Limit

API: Final = "https://arctic-shift.photon-reddit.com"
ACCEPT: Final = "application/json"
PAGE: Final = 100
IDS: Final = 500


class ArcticShiftSource:
    """The archive's submissions, newest first, of everything or of the subreddits named."""

    name = "arctic-shift"
    order = "id"
    authoritative = False

    def __init__(self, listing: Listing, communities: Sequence[str] = (), *, api: str = API) -> None:
        self._listing = listing
        self._api = api
        self._subreddits = subreddits(communities)

    def posts(self) -> Iterator[Post]:
        """Page back in time as far as the budget allows; errors as for `Source.posts`."""
        streams = [self._subreddit(name) for name in self._subreddits]
        return merge(*streams, key=lambda post: -(post.submission.created_utc or 0.0))

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """The archived posts among these fullnames; errors as for `posts`."""
        for start in range(0, len(ids), IDS):
            if not self._listing.open:
                return
            query = urlencode({"ids": ",".join(ids[start : start + IDS])})
            yield from _posts(self._listing.page(f"{self._api}/api/posts/ids?{query}", _data))

    def finds(self, source: str, submission: str) -> bool:
        """Whether a submission has a fullname: all of Reddit's sources name a post alike."""
        del source
        return submission.startswith("t3_")

    def reads(self, post: Post) -> bool:
        """Whether a post is of these subreddits."""
        return is_of(post, self._subreddits)

    def _subreddit(self, name: str) -> Iterator[Post]:
        query: dict[str, str | int] = {"limit": PAGE, "sort": "desc"}
        if name != "all":
            query["subreddit"] = name
        last: set[str] = set()
        before = sys.maxsize
        while self._listing.open:
            page = list(_posts(self._listing.page(f"{self._api}/api/posts/search?{urlencode(query)}", _data)))
            new = [post for post in page if post.submission.id not in last]
            yield from new
            times = [post.submission.created_utc for post in page if post.submission.created_utc is not None]
            if not times:
                return
            # Pages meet within a second that may hold more posts: read it again, unless it was all there is.
            before = min(int(min(times)) + 1, before if new else before - 1)
            query["before"] = before
            last = {post.submission.id for post in page}


def _posts(items: list[object]) -> Iterator[Post]:
    return read_each(ArcticShiftSource.name, items, _post, fullname_of)


def _post(item: object) -> Post:
    post = parse_post(item, source=ArcticShiftSource.name)
    meta = untrusted.mapping(untrusted.mapping(item).get("_meta"))
    gone = untrusted.text(meta.get("removal_type")) or ("deleted" if meta.get("was_deleted_later") else None)
    return replace(post, removed=post.removed or gone)


def _data(body: bytes) -> list[object]:
    data = untrusted.mapping(untrusted.json_value(body)).get("data")
    if not isinstance(data, list):
        raise DamagedPageError("no list of posts")
    return data


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("arctic-shift", ACCEPT, context)
    return follow("arctic-shift", ask, lambda listing: ArcticShiftSource(listing, names), context)


SPEC: Final = SourceSpec(
    "arctic-shift[:SUBREDDITS]",
    _open,
    communities=True,
    reads="the public archive, by time",
    needs="nothing; no uptime is promised",
    order="id",
    unknown="what Reddit changed after it was archived",
    family="reddit",
    # "No uptime or performance guarantees", so ask little: https://github.com/ArthurHeitmann/arctic_shift
    limits={"arctic-shift.photon-reddit.com": Limit(30, 60)},
    probe="arctic-shift",
)
