"""Counts decisions by community, author, host and day."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from bowerbird.core.decision_log import DecisionLog, days
from bowerbird.core.decisions import Decision
from bowerbird.core.plain_text import plain
from bowerbird.core.ports import ObjectStore

#: The counts are grouped by these, in the order of the page.
DIMENSIONS: Final = ("community", "author", "host", "day")

_KEPT: Final = "kept"
_UNKNOWN: Final = "(unknown)"
# 95 % of a normal distribution.
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Yield:
    """Counts what became of one name's candidates; `rejected` counts by the reason's first word."""

    name: str
    seen: int
    kept: int
    rejected: dict[str, int]

    @property
    def share(self) -> float:
        """Return the kept part, 0 to 1."""
        return self.kept / self.seen if self.seen else 0.0

    @property
    def floor(self) -> float:
        """Return the least the kept part is, with 95 % confidence (Wilson). One kept of one is no proof."""
        if not self.seen:
            return 0.0
        n, p, z2 = self.seen, self.share, _Z**2
        return max(0.0, (p + z2 / (2 * n) - _Z * math.sqrt((p * (1 - p) + z2 / (4 * n)) / n)) / (1 + z2 / n))


@dataclass(frozen=True, slots=True)
class Yields:
    """Holds all counts of a place; each dimension's names with the best floor first, days in their order."""

    total: Yield
    by: dict[str, tuple[Yield, ...]]
    unreadable: int


def read_yields(
    store: ObjectStore,
    day: str | None = None,
    *,
    last: int | None = None,
    of: Callable[[Decision], bool] = lambda _: True,
) -> Yields:
    """Count the decisions of a place, of one day (YYYY-MM-DD) or of all; each candidate once.

    `last` reads only so many days, the last that have decisions. `of` says which decisions count.
    """
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    log = DecisionLog(store)
    chosen = [day] if last is None else sorted(days(store))[::-1][:last]
    for decision in chain.from_iterable(map(log.read, chosen)):
        if of(decision):
            rows[decision.candidate] = (_outcome(decision), _names(decision))
    counts: dict[str, defaultdict[str, Counter[str]]] = {each: defaultdict(Counter) for each in DIMENSIONS}
    total: Counter[str] = Counter()
    for outcome, names in rows.values():
        total[outcome] += 1
        for dimension, name in names.items():
            counts[dimension][name][outcome] += 1
    by = {
        dimension: _sorted([_yield(name, count) for name, count in found.items()], dimension)
        for dimension, found in counts.items()
    }
    return Yields(_yield("all", total), by, log.unreadable)


def _outcome(decision: Decision) -> str:
    return _KEPT if decision.keep else plain(decision.reason.kind) or _UNKNOWN


def _names(decision: Decision) -> dict[str, str]:
    told: dict[str, Any] = decision.submission
    values = {
        "community": plain(told.get("community")) or plain(told.get("source")),
        "author": plain(told.get("author")),
        "host": plain(decision.facts.get("host")),
        "day": plain(decision.day),
    }
    return {dimension: value or _UNKNOWN for dimension, value in values.items()}


def _yield(name: str, outcomes: Counter[str]) -> Yield:
    rejected = {word: count for word, count in outcomes.most_common() if word != _KEPT}
    return Yield(name, outcomes.total(), outcomes[_KEPT], rejected)


def _sorted(found: list[Yield], dimension: str) -> tuple[Yield, ...]:
    if dimension == "day":
        return tuple(sorted(found, key=lambda each: each.name))
    return tuple(sorted(found, key=lambda each: (-round(each.floor, 9), -each.seen, each.name)))
