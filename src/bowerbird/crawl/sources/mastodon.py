"""Hashtags of any Mastodon instance, by its public timelines: https://docs.joinmastodon.org/methods/timelines/.

Many instances show them to everybody; some want a token of the owner's own account there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import merge
from typing import Final
from urllib.parse import quote, urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import SourceUnreachableError, UsageError
from bowerbird.core.post import Post
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.entries import read_each
from bowerbird.crawl.sources.lemmy import checked_instance
from bowerbird.crawl.sources.listing import DamagedPageError, Listing
from bowerbird.crawl.sources.live import asking, follow
from bowerbird.crawl.sources.mastodon_status import identity_of, parse_status

ACCEPT: Final = "application/json"

#: The most that one request takes.
PAGE: Final = 40

_HASHTAG: Final = re.compile(r"#?(?P<name>\w{1,100})")


class MastodonSource:
    """Posts with pictures of hashtags, or without one all public posts that an instance knows."""

    order = "time"
    authoritative = True

    def __init__(
        self, listing: Listing, instance: str, hashtags: Sequence[str] = (), *, scheme: str = "https"
    ) -> None:
        self.name = f"mastodon:{checked_instance('mastodon', instance, 'mastodon.social')}"
        self._listing = listing
        self._api = f"{scheme}://{instance}/api/v1"
        self._hashtags = [_hashtag(item) for item in "+".join(hashtags).split("+") if item.strip()]

    def posts(self) -> Iterator[Post]:
        """Page back as far as the budget allows; errors as for `Source.posts`."""
        streams = [self._stream(name) for name in self._hashtags or [""]]
        return merge(*streams, key=lambda post: -(post.submission.created_utc or 0.0))

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission is of this instance: each has its own numbers."""
        return source == self.name and bool(submission)

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Those of these posts that the instance still shows, one request each; errors as for `posts`."""
        for identity in ids:
            if not self._listing.open:
                raise SourceUnreachableError(f"{self.name}: the budget ended before all posts were asked for")
            try:
                status = self._listing.page(f"{self._api}/statuses/{quote(identity, safe='')}", _status)
            except UsageError:  # 404: deleted, or shown to fewer people
                continue
            yield from read_each(self.name, [status], self._post, identity_of)

    def _post(self, status: object) -> Post | None:
        return parse_status(status, self.name)

    def _stream(self, hashtag: str) -> Iterator[Post]:
        query: dict[str, str | int] = {"only_media": "true", "limit": PAGE}
        address = f"timelines/tag/{quote(hashtag, safe='')}" if hashtag else "timelines/public"
        last: str | None = None
        while self._listing.open:
            statuses = self._listing.page(f"{self._api}/{address}?{urlencode(query)}", _page)
            yield from read_each(
                self.name, statuses, lambda status: parse_status(status, self.name, hashtag), identity_of
            )
            # The Link header of an answer names the page after this one so.
            oldest = next(filter(None, map(identity_of, reversed(statuses))), None)
            if oldest is None or oldest == last:
                return
            last = oldest
            query["max_id"] = oldest


def _hashtag(name: str) -> str:
    match = _HASHTAG.fullmatch(name.strip())
    if match is None:
        raise UsageError(f"{name!r} is no hashtag: write photography, or #photography")
    return match["name"]


def _page(body: bytes) -> list[object]:
    answer = untrusted.json_value(body)
    if not isinstance(answer, list):
        raise DamagedPageError("no list of posts")
    return answer


def _status(body: bytes) -> object:
    answer = untrusted.json_value(body)
    if identity_of(answer) is None:
        raise DamagedPageError("no post")
    return answer


def _open(argument: str, context: Context) -> FollowedSource:
    spec = f"mastodon:{checked_instance('mastodon', argument, 'mastodon.social')}"
    headers = context.mastodon.headers(argument) if context.mastodon else {}
    return follow(
        spec,
        asking(spec, ACCEPT, context, headers),
        lambda listing: MastodonSource(listing, argument, context.communities),
        context,
    )


SPEC: Final = SourceSpec(
    "mastodon:INSTANCE",
    _open,
    communities=True,
    reads="hashtags as an instance knows them, newest first; `--communities photography+nature`",
    needs="nothing, or at some instances a token",
    order="time",
    unknown="licence",
)
