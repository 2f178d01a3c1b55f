"""Records what has been read of a source, as a set of spans. What lies between two spans has not been read.

Adding a span is a union. So overlapping runs may report in any order, and as often as they like.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, TypeAlias

from bowerbird.crawl.following.pending import Waiting

#: A post's place in its source's order: its id as a number where ids are counted, else its time.
Rank: TypeAlias = int | float

#: Spans kept; each further one is a gap, and gaps this old are no longer worth a request.
MAX_SPANS: Final = 100

#: Ids remembered one by one. A Reddit listing is a thousand deep: https://www.reddit.com/dev/api#listings
MAX_SEEN: Final = 3000

_VERSION: Final = 1
#: Ids and times are far below.
_FAR: Final = 2.0**128


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Marks where a span ends: a post's rank and, when known, its time in seconds since 1970."""

    rank: Rank
    at: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Everything from `low` to `high`, both included, has been read."""

    low: Edge
    high: Edge


@dataclass(frozen=True, slots=True)
class Gap:
    """Marks what was not read: everything between `older` and `newer`, both excluded."""

    older: Edge
    newer: Edge

    @property
    def posts(self) -> int | None:
        """Count the ids in the gap: at most as many posts are missing. None where ids are not counted."""
        older, newer = self.older.rank, self.newer.rank
        return newer - older - 1 if isinstance(older, int) and isinstance(newer, int) else None

    @property
    def seconds(self) -> float | None:
        """Tell how long the gap lasted, in the posts' own times."""
        if self.older.at is None or self.newer.at is None:
            return None
        return max(0.0, self.newer.at - self.older.at)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The fewest spans that cover the same, in rising order; counted ids that are neighbours join."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.low.rank <= joined[-1].high.rank + isinstance(span.low.rank, int):
            joined[-1] = Span(joined[-1].low, max(joined[-1].high, span.high))
        else:
            joined.append(span)
    return tuple(joined[-MAX_SPANS:])


def gaps(spans: tuple[Span, ...]) -> tuple[Gap, ...]:
    """Return what lies between spans, in rising order."""
    return tuple(Gap(below.high, above.low) for below, above in pairwise(spans))


@dataclass(frozen=True)
class Knowledge:
    """What all runs so far have read; ids newest first. The listing no longer reaches below `abandoned`.

    Posts whose pictures were not ready are `waiting`. They are written together with what was read, so that
    no crash can lose a post that counts as read.
    """

    seen: dict[str, Rank | None] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    abandoned: Rank = -math.inf
    waiting: Waiting = field(default_factory=Waiting)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that has not been read, oldest first."""
        return gaps(self.spans)

    def knows(self, post: str, rank: Rank | None) -> bool:
        """Tell whether a post has been handed out; those too old to be remembered count by their rank."""
        if post in self.seen or rank is None or rank >= self._remembered:
            return post in self.seen
        return any(span.low.rank <= rank <= span.high.rank for span in self.spans)

    @cached_property
    def _remembered(self) -> Rank:
        """Every known post of at least this rank is in `seen`."""
        ranks = [rank for rank in self.seen.values() if rank is not None]
        return min(ranks, default=-math.inf) if len(self.seen) >= MAX_SEEN else -math.inf

    @property
    def chased(self) -> Rank:
        """Tell how far back a run must read to close every gap that the listing may still reach."""
        reachable = (gap.older.rank for gap in self.gaps if gap.newer.rank > self.abandoned)
        return min(reachable, default=math.inf)

    def joined(self, other: Knowledge) -> Knowledge:
        """Join what both know; `other` is the newer one where order is not known from ranks."""
        seen = list((other.seen | {i: r for i, r in self.seen.items() if i not in other.seen}).items())
        seen.sort(key=lambda item: -math.inf if item[1] is None else item[1], reverse=True)
        return Knowledge(
            dict(seen[:MAX_SEEN]),
            union(self.spans + other.spans),
            max(self.abandoned, other.abandoned),
            self.waiting.joined(other.waiting),
        )

    def encoded(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "version": _VERSION,
            "seen": list(self.seen.items()),
            "spans": [[span.low.rank, span.low.at, span.high.rank, span.high.at] for span in self.spans],
            "abandoned": None if math.isinf(self.abandoned) else self.abandoned,
            "waiting": self.waiting.encoded(),
        }

    @classmethod
    def decoded(cls, data: dict[str, Any]) -> Knowledge:
        """From JSON.

        Raises:
            ValueError, TypeError, KeyError: not what `encoded` wrote.
        """
        if data["version"] != _VERSION:
            raise ValueError("another version")
        abandoned = -math.inf if data["abandoned"] is None else _number(data["abandoned"])
        spans = [
            Span(_edge(low, low_at), _edge(high, high_at)) for low, low_at, high, high_at in data["spans"]
        ]
        waiting = Waiting.decoded(data.get("waiting", []))  # cursors before 0.2 know of none
        seen = {str(post): None if rank is None else _number(rank) for post, rank in data["seen"]}
        return cls(seen, union(spans), abandoned, waiting)


def _edge(rank: Any, at: Any) -> Edge:
    return Edge(_number(rank), None if at is None else _number(at))


def _number(value: Any) -> Rank:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FAR:
        raise ValueError(f"{value!r} is no rank")
    return value
