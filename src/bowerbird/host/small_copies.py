"""Forgets small copies of rejected pictures after a while: of a whole stream they would fill any disk.

Those that the owner labelled stay, because `train --feedback` learns from them, and so do those of what was
kept: they go with the picture. The decisions stay, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from bowerbird.core.decision_log import DecisionLog, days
from bowerbird.core.keys import thumb_key
from bowerbird.core.labels import read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.core.whole import write_whole
from bowerbird.host.daily import Daily
from bowerbird.host.homes import Home

_NAME: Final = "small-copies"
# Rejected before there was anything to decode.
_UNSEEN: Final = frozenset({"declared", "prior"})


def old_days(home_state: Path, store: ObjectStore, keep_days: int, today: date) -> list[str]:
    """The days (YYYY-MM-DD, UTC) that are over for so many days, and were not seen to yet."""
    last, until = _read(home_state), (today - timedelta(days=keep_days)).isoformat()
    return sorted(day for day in days(store) if last < day < until)


def old_copies(store: ObjectStore, some_days: list[str]) -> Iterator[str]:
    """Yield the keys of the small copies of what was rejected on these days, and that nobody labelled.

    Raises:
        InvalidMessageError: a label cannot be read.
    """
    labelled = {label.candidate for label in read_labels(store)}
    for day in some_days:
        for decision in DecisionLog(store).read(day):
            key = thumb_key(decision.candidate)
            gone = not decision.keep and decision.stage not in _UNSEEN and decision.candidate not in labelled
            if gone and store.exists(key):
                yield key


def forget(state: Path, store: ObjectStore, some_days: list[str]) -> int:
    """Remove them, and remember that it was done; tells how many there were."""
    count = 0
    for count, key in enumerate(old_copies(store, some_days), 1):  # noqa: B007 - how many
        store.delete(key)
    if some_days:
        write_whole(state / _NAME, some_days[-1].encode())
    return count


def _read(state: Path) -> str:
    try:
        return (state / _NAME).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


@dataclass(slots=True)
class SmallCopies:
    """Forgets them once a day."""

    home: Home
    keep_days: int
    daily: Daily = field(default_factory=Daily)

    def __call__(self) -> None:
        """See to the days that are old enough today."""
        today = self.daily.due()
        if today is None:
            return
        place = self.home.place
        forget(place.state, place.store, old_days(place.state, place.store, self.keep_days, today))
        self.daily.done(today)
