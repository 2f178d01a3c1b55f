"""Counts, by the reasons in the decisions, how hosts treated the last day's downloads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bowerbird.core.decision_log import days
from bowerbird.core.ports import ObjectStore
from bowerbird.core.yields import Yield, read_yields
from bowerbird.crawl.host_health import Health, HostState
from bowerbird.review.report.page import reasons

# What the original stage's reasons say of a host. With any other reason, a picture came.
_TROUBLE: Final[dict[str, Health]] = {
    "forbidden": "blocked",
    "opted-out": "blocked",
    "html": "blocked",
    "unreachable": "unreachable",
    "gone": "empty",
    "removed": "empty",
    "status": "empty",
}
_WORST_FIRST: Final[tuple[Health, ...]] = ("blocked", "unreachable", "empty")


def last_days_hosts(store: ObjectStore, most: int = 10) -> Iterator[HostState]:
    """Find the hosts with most candidates on the last day that has decisions."""
    last = max(days(store), default=None)
    if last is not None:
        rows = read_yields(store, last).by["host"]
        yield from (_state(row, last) for row in sorted(rows, key=lambda row: -row.seen)[:most])


def _state(row: Yield, day: str) -> HostState:
    met = {_TROUBLE[word] for word in row.rejected if word in _TROUBLE}
    came = row.seen - sum(count for word, count in row.rejected.items() if word in _TROUBLE)
    health: Health = "ok" if came else next(each for each in _WORST_FIRST if each in met)
    detail = f"{day}: {row.kept} kept of {row.seen}"
    return HostState(row.name, health, f"{detail}, {reasons(row)}" if row.rejected else detail)
