"""Tells how a source is: blocked is not quiet, and neither is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bowerbird.core.errors import BowerbirdError, SourceBlockedError, SourceUnreachableError
from bowerbird.crawl.sources.listing import SourceThrottledError

Health = Literal["ok", "empty", "throttled", "blocked", "unreachable", "unusable"]


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source's health.

    `detail` says what to do about it, `wait_s` when a throttled source may be asked again, in seconds.
    """

    source: str
    health: Health
    detail: str = ""
    wait_s: float | None = None

    @property
    def reached(self) -> bool:
        """Tell whether the source answered with a listing, even an empty one."""
        return self.health in {"ok", "empty"}


def source_state(source: str, posts: int, error: BowerbirdError | None = None) -> SourceState:
    """Judge a source by how many posts it gave and how it ended."""
    if isinstance(error, SourceThrottledError):
        return SourceState(source, "throttled", str(error), error.retry_after_s)
    if isinstance(error, SourceBlockedError):
        return SourceState(source, "blocked", str(error))
    if isinstance(error, SourceUnreachableError):
        return SourceState(source, "unreachable", str(error))
    if error is not None:
        raise error
    return SourceState(source, "ok" if posts else "empty")
