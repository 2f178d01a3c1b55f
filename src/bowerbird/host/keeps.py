"""What was kept of late, read from the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.decisions import Decision
from bowerbird.core.ports import ObjectStore


def kept_since(store: ObjectStore, since: datetime, until: datetime) -> Sequence[Decision]:
    """The pictures kept after one moment and up to another (UTC) that are still there, oldest first."""
    day, found = since.date(), list[Decision]()
    while day <= until.date():
        for decision in DecisionLog(store).read(day.isoformat()):
            moment = _moment(decision.decided_at)
            inside = decision.keep and decision.image and moment and since < moment <= until
            if inside and store.exists(str(decision.image)):
                found.append(decision)
        day += timedelta(days=1)
    return sorted(found, key=lambda each: each.decided_at)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
