"""What a run has done so far, counted by several threads."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from bowerbird.decisions import Decision
from bowerbird.errors import BowerbirdError


def reason_word(reason: str) -> str:
    """The machine-readable word a reason starts with."""
    return reason.partition(":")[0].strip()


class Tally:
    """Counts of one run: posts skipped, candidates queued or known, decisions by stage and reason.

    `faults` are those of our own store since the last decision.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.skips: Counter[str] = Counter()
        self.decisions: Counter[tuple[str, str]] = Counter()
        self.kept = 0
        self.new = 0
        self.already = 0
        self.problems: list[str] = []
        self.faults: list[BowerbirdError] = []

    @property
    def judged(self) -> int:
        """Decisions so far."""
        return sum(self.decisions.values())

    def skipped(self, reason: str) -> None:
        """A post gave no candidate."""
        with self._lock:
            self.skips[reason_word(reason)] += 1

    def known(self) -> None:
        """A candidate was decided in an earlier run."""
        with self._lock:
            self.already += 1

    def queued(self, new: int, waiting: int) -> None:
        """So many candidates were put on the queue, and so many stood there before."""
        with self._lock:
            self.new += new
            self.already += waiting

    def decided(self, decision: Decision) -> None:
        """A candidate came to its end."""
        with self._lock:
            self.faults.clear()
            self.kept += decision.keep
            self.decisions[decision.stage, "kept" if decision.keep else reason_word(decision.reason)] += 1

    def fault(self, error: BowerbirdError) -> None:
        """The store failed while a candidate was worked on."""
        with self._lock:
            self.faults.append(error)

    def crawl_failed(self, problem: str) -> None:
        """A round of crawling ended early."""
        with self._lock:
            self.problems.append(problem)
