"""Judges each candidate by several tastes, of which each has a place, a ledger and thresholds of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import DamagedError, InvalidMessageError, StoreError, UsageError
from bowerbird.core.ports import Ledger
from bowerbird.filter.once import Once


class Judge(Protocol):
    """Brings a queue message to its decision: `CandidateFilter`, or several of them as `Tastes`."""

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        """See `bowerbird.filter.candidates.CandidateFilter.decide`."""
        ...


@dataclass(frozen=True, slots=True)
class Taste:
    """Judges for one place; `told` hears of its decisions."""

    judge: Judge
    told: Callable[[Decision], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Tastes:
    """Takes a candidate to every taste. It is done with when each of them has stored its decision.

    When one taste fails, the others decide all the same. The message then goes back to the queue, and the
    ledgers of those that have decided answer the next delivery.
    """

    tastes: Sequence[Taste]
    once: Once

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        """Bring one message to the decisions of all tastes; returns the last taste's.

        Raises:
            BowerbirdError: what a taste raised. A failing store comes first: no candidate is at fault.
        """
        decisions: list[Decision] = []
        errors: list[Exception] = []
        with self.once.candidate():
            for taste in self.tastes:
                try:
                    decisions.append(taste.judge.decide(body, last_attempt=last_attempt))
                except (InvalidMessageError, DamagedError):
                    raise
                except Exception as error:  # noqa: BLE001 - a bug must cost one taste, not all
                    errors.append(error)
        if errors:
            raise next((each for each in errors if isinstance(each, StoreError | UsageError)), errors[0])
        for taste, decision in zip(self.tastes, decisions, strict=True):
            taste.told(decision)
        return decisions[-1]


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledgers of several tastes as one: a candidate is decided when all of them have decided it."""

    ledgers: Sequence[Ledger]

    def knows(self, candidate_id: str) -> bool:
        """Tell whether no taste has yet to decide."""
        return all(ledger.knows(candidate_id) for ledger in self.ledgers)

    def flush(self) -> int:
        """Write the decision lines of all tastes, of each to its own place.

        Raises:
            StoreError, UsageError: a place fails. The lines of the others are written all the same.
        """
        written, errors = 0, []
        for ledger in self.ledgers:
            try:
                written += ledger.flush()
            except (StoreError, UsageError) as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return written
