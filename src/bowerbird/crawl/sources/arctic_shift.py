"""The public Reddit archive Arctic Shift: no account, Reddit's own objects, some delay, no promises.

https://github.com/ArthurHeitmann/arctic_shift/blob/master/api/README.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import merge
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import BowerbirdError, SourceBlockedError
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.listing import Answer, DamagedPageError, Listing, SourceThrottledError
from bowerbird.crawl.sources.live import asking, communities, follow
from bowerbird.crawl.sources.reddit_post import fullname_of, parse_post
from bowerbird.crawl.sources.subreddits import is_of, subreddits
from bowerbird.net.limiter import Limit

API: Final = "https://arctic-shift.photon-reddit.com"
ACCEPT: Final = "application/json"
IDS: Final = 500

# An archive that is overloaded may still give a smaller page (ArthurHeitmann/arctic_shift#66).
_SIZES: Final = (100, 50, 25)
_MAX_SAID: Final = 200


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
        """Tell whether a submission has a fullname: all of Reddit's sources name a post alike."""
        del source
        return submission.startswith("t3_")

    def reads(self, post: Post) -> bool:
        """Tell whether a post is of these subreddits."""
        return is_of(post, self._subreddits)

    def _subreddit(self, name: str) -> Iterator[Post]:
        query: dict[str, str | int] = {"limit": _SIZES[0], "sort": "desc"}
        if name != "all":
            query["subreddit"] = name
        last: set[str] = set()
        before = sys.maxsize
        while self._listing.open:
            urls = [f"{self._api}/api/posts/search?{urlencode(query | {'limit': size})}" for size in _SIZES]
            page = list(_posts(self._listing.page(urls[0], _data, smaller=urls[1:])))
            new = [post for post in page if post.submission.id not in last]
            yield from new
            times = [post.submission.created_utc for post in page if post.submission.created_utc is not None]
            if not times:
                return
            # Two pages meet within one second, and that second may hold more posts. So read it again, unless
            # the page held nothing new.
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


def explained(url: str, answer: Answer) -> BowerbirdError | None:
    """Explain what the archive means by 422: most often that it is overloaded."""
    del url
    if answer.status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return None
    said = _said(answer.body)
    if said is None or any(word in said.lower() for word in ("timeout", "timed out", "slow down", "busy")):
        said = said or "422 without a reason"
        return SourceThrottledError(f"arctic-shift: {said}", retry_after_s=0, words=said)
    return SourceBlockedError(f"arctic-shift: refused, the archive says {said!r}: use another source")


def _said(body: bytes) -> str | None:
    try:
        text = untrusted.text(untrusted.mapping(untrusted.json_value(body)).get("error"))
    except ValueError:
        return None
    return text[:_MAX_SAID] if text else None


def _data(body: bytes) -> list[object]:
    data = untrusted.mapping(untrusted.json_value(body)).get("data")
    if not isinstance(data, list):
        raise DamagedPageError("no list of posts")
    return data


def _open(argument: str, context: Context) -> FollowedSource:
    names = communities(argument, context)
    ask = asking("arctic-shift", ACCEPT, context)
    return follow("arctic-shift", ask, lambda listing: ArcticShiftSource(listing, names), context, explained)


SPEC: Final = SourceSpec(
    "arctic-shift[:SUBREDDITS]",
    _open,
    communities=True,
    reads="an archive of Reddit that volunteers run, by time; hours behind at times",
    needs="nothing; no uptime is promised",
    order="id",
    unknown="what Reddit changed after it was archived",
    family="reddit",
    # "No uptime or performance guarantees", so ask little: https://github.com/ArthurHeitmann/arctic_shift
    limits={"arctic-shift.photon-reddit.com": Limit(30, 60)},
    probe="arctic-shift",
    rank=4,
    advice="no account: an archive of Reddit that volunteers run; it may lag by hours, and promises nothing",
)
