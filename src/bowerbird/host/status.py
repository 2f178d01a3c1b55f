"""What a run tells of itself in a file of the state folder: how its sources are, its counts, its failures.

The page reads it. It stays when the run ends, so that the page can say what was last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bowerbird.core.json_text import parsed
from bowerbird.host.counts import RunCounts

_NAME: Final = "status.json"
_MOST_WORDS: Final = 500
_MOST_PROBLEMS: Final = 10


@dataclass(frozen=True, slots=True)
class SourceTold:
    """How one source was when it was last asked. Times are ISO 8601 with their offset; empty: never yet.

    `failing` says what went wrong, and is empty when the source can be read; `told` is its own message.
    """

    source: str
    asked_at: str = ""
    read_at: str = ""
    failing: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended a crawl early, how often, and when it last did."""

    words: str
    times: int
    at: str


@dataclass(frozen=True, slots=True)
class Status:
    """What is in the file. `every_s` is the time between crawls in seconds; None: there is one crawl."""

    started_at: str
    every_s: float | None = None
    hours: str | None = None
    sources: tuple[SourceTold, ...] = ()
    failures: tuple[Failure, ...] = ()
    judged: int = 0
    kept: int = 0


@dataclass(slots=True)
class Diary:
    """Gathers what a run tells. `now` tells the time of day."""

    now: Callable[[], datetime]
    every_s: float | None = None
    hours: str | None = None
    _started_at: str = field(default="", init=False)
    _sources: dict[str, SourceTold] = field(default_factory=dict, init=False)
    _failures: dict[str, Failure] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Note when the run began."""
        self._started_at = self._time()

    def reads(self, source: str) -> None:
        """Note that the run reads a source, before it was asked for the first time."""
        self._sources.setdefault(source, SourceTold(source))

    def crawled(self, source: str, told: str) -> None:
        """Note that a source was read."""
        now = self._time()
        self._sources[source] = SourceTold(source, now, now, "", told[:_MOST_WORDS])

    def failed(self, source: str, problem: str) -> None:
        """Note that a source could not be read."""
        before, now = self._sources.get(source, SourceTold(source)), self._time()
        words = problem[:_MOST_WORDS]
        self._sources[source] = SourceTold(source, now, before.read_at, words, before.told)
        times = self._failures.pop(source, Failure("", 0, "")).times + 1
        self._failures[source] = Failure(words, times, now)

    def status(self, counts: RunCounts) -> Status:
        """Give all that is known, the latest failure first."""
        failures = tuple(reversed(self._failures.values()))[:_MOST_PROBLEMS]
        sources = tuple(self._sources.values())
        return Status(
            self._started_at, self.every_s, self.hours, sources, failures, counts.judged, counts.kept
        )

    def _time(self) -> str:
        return self.now().isoformat(timespec="seconds")


def write_status(state: Path, status: Status) -> None:
    """Write the file. It is not worth a failed run: a full disk is told elsewhere."""
    temporary = state / f"{_NAME}.{os.getpid()}"
    with suppress(OSError):
        try:
            temporary.write_text(json.dumps(asdict(status), ensure_ascii=False), encoding="utf-8")
            temporary.replace(state / _NAME)
        finally:
            temporary.unlink(missing_ok=True)


def read_status(state: Path) -> Status | None:
    """Read the file; None when there is none, or another version wrote it."""
    try:
        told = parsed((state / _NAME).read_text(encoding="utf-8"))
        return Status(
            **dict(told)
            | {
                "sources": _all(SourceTold, told["sources"]),
                "failures": _all(Failure, told["failures"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _all(kind: Any, told: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(kind(**each) for each in told)
