"""What has been read of a source, as a set of spans: what lies between two spans has not been read.

Adding a span is a union, so it does not matter in which order overlapping runs report, nor how often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

#: A post's place in its source's order: its id as a number where ids are counted, else its time.
Rank: TypeAlias = int | float

#: Spans kept; each further one is a gap, and gaps this old are no longer worth a request.
MAX_SPANS: Final = 100


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """Where a span ends: a post's rank and, when known, its time in seconds since 1970."""

    rank: Rank
    at: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Everything from `low` to `high`, both included, has been read."""

    low: Edge
    high: Edge


@dataclass(frozen=True, slots=True)
class Gap:
    """What was not read: everything between `older` and `newer`, both excluded."""

    older: Edge
    newer: Edge

    @property
    def posts(self) -> int | None:
        """How many ids lie in the gap: at most as many posts are missing. None where ids are not counted."""
        older, newer = self.older.rank, self.newer.rank
        return newer - older - 1 if isinstance(older, int) and isinstance(newer, int) else None

    @property
    def seconds(self) -> float | None:
        """How long the gap lasted, in the posts' own times."""
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
    """What lies between spans, in rising order."""
    return tuple(Gap(below.high, above.low) for below, above in zip(spans, spans[1:], strict=False))


def covered(spans: tuple[Span, ...], rank: Rank) -> bool:
    """Whether a rank lies within a span."""
    return any(span.low.rank <= rank <= span.high.rank for span in spans)
