"""Counts what a run has done so far. Several threads may count at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeVar

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import BowerbirdError
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.rules import MAX_KIND, counted_as

_NUMBER: Final = re.compile(r"0x[0-9a-f]+|\d+")

# A run may last for months. This keeps strangers' words from filling its memory.
_MOST_KINDS: Final = 200
_MOST_PROBLEMS: Final = 20
_OTHER: Final = "other"

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(slots=True)
class Problem:
    """Remembers why crawls ended early: the latest message, and how often it came."""

    words: str
    times: int = 0


def kind_of(problem: str) -> str:
    """Remove the numbers from a problem's text, so that the same problem always reads the same."""
    return _NUMBER.sub("#", problem)


class RunCounts:
    """Counts of one run: posts skipped, candidates queued or known, decisions by stage and reason.

    `errors` counts posts that could not be read, by kind of exception. `faults` counts how often our own
    store has failed since the last decision.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.skips: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.decisions: Counter[tuple[str, str]] = Counter()
        self.kept = 0
        self.gone = 0
        self.new = 0
        self.already = 0
        self.problems: dict[str, Problem] = {}
        self.faults: list[BowerbirdError] = []

    @property
    def judged(self) -> int:
        """Count the decisions made so far."""
        return sum(self.decisions.values())

    @property
    def unread(self) -> str:
        """Say how many posts could not be read so far, by kind of exception; empty when all could."""
        with self._lock:
            kinds = ", ".join(f"{count} {kind}" for kind, count in self.errors.items())
        return f"posts that could not be read: {kinds}" if kinds else ""

    def skipped(self, reason: Reason) -> None:
        """Count a post that gave no candidate."""
        with self._lock:
            self.skips[_bounded(self.skips, counted_as(reason), _OTHER)] += 1
            if reason.word == Word.ERROR:
                self.errors[_bounded(self.errors, reason.detail[:MAX_KIND], _OTHER)] += 1

    def queued(self, new: int, known: int) -> None:
        """Count candidates put on the queue, and those that were already queued or decided."""
        with self._lock:
            self.new += new
            self.already += known

    def decided(self, decision: Decision) -> None:
        """Count a candidate that has been decided."""
        with self._lock:
            self.faults.clear()
            self.kept += decision.keep
            outcome = "kept" if decision.keep else decision.reason.kind
            self.decisions[_bounded(self.decisions, (decision.stage, outcome), (_OTHER, _OTHER))] += 1

    def removed(self, pictures: int) -> None:
        """Count kept pictures that were removed from the place."""
        with self._lock:
            self.gone += pictures

    def fault(self, error: BowerbirdError) -> None:
        """Note that the store failed while the run worked on a candidate."""
        with self._lock:
            self.faults.append(error)

    def crawl_failed(self, problem: str) -> None:
        """Note that a round of crawling ended early."""
        with self._lock:
            kind = kind_of(problem)
            if kind not in self.problems and len(self.problems) >= _MOST_PROBLEMS:
                kind, problem = _OTHER, "other problems"
            self.problems.setdefault(kind, Problem(problem)).words = problem
            self.problems[kind].times += 1


def _bounded(counts: Counter[_Key], key: _Key, rest: _Key) -> _Key:
    return key if key in counts or len(counts) < _MOST_KINDS else rest
