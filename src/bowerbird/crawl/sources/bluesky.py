"""Bluesky: every post of the network as it is written, without an account, by Jetstream.

`bowerbird.crawl.following.tail` reads the stream. Kept posts can also be looked up at the public AppView:
https://docs.bsky.app/docs/api/app-bsky-feed-get-posts.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from bowerbird.core import untrusted
from bowerbird.core.errors import UsageError
from bowerbird.core.messages import Submission
from bowerbird.core.ports import Streams
from bowerbird.core.post import Post
from bowerbird.crawl import jetstream
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.tail import TailedSource
from bowerbird.crawl.sources.base import Context, SourceSpec
from bowerbird.crawl.sources.listing import Listing, RunBudget
from bowerbird.crawl.sources.live import asking
from bowerbird.net.atproto import ADULT, DID, SIGNED_IN_ONLY

HOST: Final = "jetstream2.us-east.bsky.network"
APPVIEW: Final = "https://public.api.bsky.app/xrpc"

#: The most posts one request takes.
_BATCH: Final = 25

_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?")


class BlueskySource(TailedSource):
    """All posts of the network that show or link something, and a way to ask for some of them again."""

    authoritative = True

    def __init__(
        self, host: str, context: Context, streams: Streams, clock: Callable[[], float] = time.time
    ) -> None:
        budget = RunBudget(context.requests, context.seconds)
        key = f"bluesky {jetstream.SCHEME} {host}"
        super().__init__(
            "bluesky",
            host,
            streams,
            context.limiter,
            budget=budget,
            store=CursorStore(context.store, key, scheme=jetstream.SCHEME) if context.store else None,
            pace=context.pace,
            clock=clock,
        )
        self._context, self._lookups = context, budget

    def finds(self, source: str, submission: str) -> bool:
        """Tell whether a submission is a post of Bluesky."""
        return source == "bluesky" and submission.startswith("at://")

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Those of these posts that the public AppView shows; errors as for `posts`."""
        self._lookups.restart()
        ask = asking("bluesky", "application/json", self._context)
        listing = Listing("bluesky", ask, self._context.limiter, self._lookups)
        for start in range(0, len(ids), _BATCH):
            query = urlencode([("uris", uri) for uri in ids[start : start + _BATCH]])
            answer = untrusted.mapping(listing.json(f"{APPVIEW}/app.bsky.feed.getPosts?{query}"))
            for post in untrusted.sequence(answer.get("posts")):
                if (shown := parse_view(untrusted.mapping(post))) and shown.submission.id in ids:
                    yield shown


def parse_view(view: dict[str, Any]) -> Post | None:
    """A post as the AppView shows it, with its author's and moderators' labels; None when it is none."""
    uri, author = view.get("uri"), untrusted.mapping(view.get("author"))
    did = author.get("did")
    if not isinstance(uri, str) or not isinstance(did, str) or not DID.fullmatch(did):
        return None
    labels = [*untrusted.sequence(view.get("labels")), *untrusted.sequence(author.get("labels"))]
    said = {str(label.get("val")) for label in map(untrusted.mapping, labels) if not label.get("neg")}
    reason = "signed-in-only" if SIGNED_IN_ONLY in said else "over-18" if said & ADULT else None
    return Post(Submission("bluesky", uri, author=did), removed=reason)


def _open(argument: str, context: Context) -> BlueskySource:
    host = argument or HOST
    if not _HOST.fullmatch(host):
        raise UsageError(f"bluesky:{argument}: not a host's name; write bluesky, or bluesky:{HOST}")
    if context.streams is None:
        raise UsageError("bluesky reads from the network, which this command does not")
    if context.fill_gaps:
        raise UsageError("bluesky's gaps cannot be filled: its server no longer has what lies in them")
    return BlueskySource(host, context, context.streams)


SPEC: Final = SourceSpec(
    "bluesky[:HOST]",
    _open,
    reads="every post of Bluesky as it is written",
    a_day="about 190,000",
    order="time",
    unknown="licence, what moderators label",
    probe="bluesky",
    rank=1,
    advice="start here: no account, about 190,000 pictures a day",
)
