"""Holds what bundles promised of a place against what came since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bowerbird.core.decision_log import DecisionLog, days
from bowerbird.core.decisions import Decision
from bowerbird.core.labels import read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.core.promises import Promise, Range, count, percent, read_promises, share_range

# With fewer labels the interval is so wide that everything is as promised.
_FEWEST_LABELS: Final = 10


@dataclass(slots=True)
class Came:
    """What a bundle kept since it promised: pictures by day, and the labels of some."""

    promise: Promise
    kept: Counter[str] = field(default_factory=Counter)
    labelled: int = 0
    turned_down: int = 0

    @property
    def unwanted(self) -> Range | None:
        """Give the share of the labelled pictures that the owner turned down; None where there are none."""
        return share_range(self.turned_down, self.labelled) if self.labelled else None

    @property
    def lines(self) -> tuple[str, str]:
        """Say what was promised, and what came of it."""
        bundle = self.promise.bundle
        return (
            f"{bundle} promised {self.promise}",
            f"since then {bundle} kept {self._daily()}; {self._liked()}",
        )

    def _daily(self) -> str:
        whole = {day: kept for day, kept in self.kept.items() if day < _today()} or self.kept
        if not whole:
            return "nothing yet"
        mean = sum(whole.values()) / len(whole)
        told = f"{count(mean)} a day on {len(whole)} day{'s' if len(whole) > 1 else ''}"
        low, high = self.promise.a_day.low, self.promise.a_day.high
        # A few days differ from the next few by chance, however well the mean of all days is known.
        chance = 2 * (mean / len(whole)) ** 0.5
        return told + ("" if low - chance <= mean <= high + chance else ", which is not what it promised")

    def _liked(self) -> str:
        if self.unwanted is None:
            return "none of them is labelled yet: `bowerbird label` can tell whether you would have kept them"
        told = f"of {self.labelled} that you labelled you turned down {percent(self.unwanted)}"
        if self.labelled < _FEWEST_LABELS:
            return f"{told}, too few to judge by"
        if self.unwanted.meets(self.promise.unwanted):
            return f"{told}, as promised"
        better = self.unwanted.value < self.promise.unwanted.value
        return f"{told}, {'fewer' if better else 'more'} than promised: run `train --stream` again"


def what_came(store: ObjectStore) -> list[Came]:
    """Read the promises of the bundles that judge in a place, and what came of each."""
    found = {promise.bundle: Came(promise) for promise in read_promises(store)}
    if not found:
        return []
    words = {label.candidate: label.keep for label in read_labels(store)}
    first = min(came.promise.made_at[:10] for came in found.values())
    for day in sorted(day for day in days(store) if day >= first):
        _count(DecisionLog(store).read(day), found, words)
    return [came for came in found.values() if came.kept]


def _count(decisions: Iterable[Decision], found: dict[str, Came], words: dict[str, bool]) -> None:
    for decision in decisions:
        came = found.get(decision.bundle)
        if came is None or decision.decided_at < came.promise.made_at:
            continue
        came.kept[decision.day] += decision.keep
        word = words.get(decision.candidate)
        if decision.keep and word is not None:
            came.labelled += 1
            came.turned_down += not word


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
