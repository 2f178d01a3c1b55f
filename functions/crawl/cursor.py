"""Where a source has been read up to: kept in the object store, so that no post is missed or handed out twice.

A run reads from the newest post back until it meets what earlier runs have read. It anchors on no single
post, so deleted ones cannot stall it; it reads a little beyond the first post it knows, so that a stale page
or a late post heals in the next run. What it could not read stays a gap, with its size, until it is filled.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from bowerbird.errors import BowerbirdError, RetryableError, SourceBlockedError, SourceUnreachableError
from bowerbird.keys import digest
from bowerbird.ports import ObjectStore

from functions.crawl.coverage import Edge, Gap, Rank, Span, covered, gaps, union
from functions.crawl.post import Post, Source
from functions.crawl.source_state import SourceState, source_state
from functions.crawl.sources.listing import RunBudget

#: Known posts in a row after which a run stops: half a page, so that a quiet poll costs one request.
OVERLAP: Final = 50

#: Ids remembered one by one. A listing is a thousand deep: https://www.reddit.com/dev/api#listings
MAX_SEEN: Final = 3000

#: Writers that lose this many races in a row are not racing: the store refuses them.
_RACES: Final = 50

_VERSION: Final = 1
_LOG: Final = logging.getLogger(__name__)


class OrderedSource(Source, Protocol):
    """A source that says how its posts are ordered: by counted `id`, by `time`, or in no order to rely on."""

    @property
    def order(self) -> str:
        """`id`, `time` or `none`."""
        ...


class IdSource(Source, Protocol):
    """A source that can be asked for posts by id."""

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Yield those of these posts that exist."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What all runs so far have read. Below `abandoned` the listing no longer reaches."""

    seen: dict[str, Rank | None] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    abandoned: Rank | None = None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that could not be read yet, oldest first."""
        return gaps(self.spans)

    def knows(self, post: str, rank: Rank | None) -> bool:
        """Whether a post has been handed out; those too old to be remembered count by their rank."""
        if post in self.seen or rank is None or len(self.seen) < MAX_SEEN:
            return post in self.seen
        return covered(self.spans, rank) and rank < min(r for r in self.seen.values() if r is not None)

    def chased(self) -> Rank | None:
        """How far back a run must read to close what can still be closed."""
        open_gaps = (gap.older.rank for gap in self.gaps if (self.abandoned or 0) < gap.newer.rank)
        return min(open_gaps, default=None)

    def joined(self, other: Knowledge) -> Knowledge:
        """What both know together; in any order and number of times the same."""
        seen = list({**other.seen, **self.seen}.items())
        seen.sort(key=lambda item: item[1] or 0, reverse=True)
        abandoned = [each for each in (self.abandoned, other.abandoned) if each is not None]
        return Knowledge(
            dict(seen[:MAX_SEEN]), union(self.spans + other.spans), max(abandoned, default=None)
        )
