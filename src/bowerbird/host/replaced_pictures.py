"""Counts the pictures that wait in `replaced/`, tells their size, and removes them in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.core.usual import KEEP_DAYS
from bowerbird.filter.replaced import Replaced
from bowerbird.host.daily import Daily

_UNITS: Final = ("bytes", "kB", "MB", "GB")
_THOUSAND: Final = 1000


def told_size(size: int) -> str:
    """Put a number of bytes into words: 812 bytes, 34.1 MB."""
    value, unit = float(size), 0
    while value >= _THOUSAND and unit + 1 < len(_UNITS):
        value, unit = value / _THOUSAND, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{size} bytes"


def told_waiting(store: ObjectStore) -> str | None:
    """Say in one line how many pictures wait. Return None when there are none."""
    sizes = [each.size for each in Replaced(store).waiting()]
    if not sizes:
        return None
    pictures = f"{len(sizes)} pictures that" if len(sizes) > 1 else "1 picture that"
    return (
        f"{pictures} a better copy replaced: {told_size(sum(sizes))} in replaced/; "
        "`bowerbird restore PLACE --list` shows them"
    )


@dataclass(slots=True)
class Expiry:
    """Removes pictures that have waited for more than `days`. It looks at most once a day."""

    store: ObjectStore
    days: int = KEEP_DAYS
    daily: Daily = field(default_factory=Daily)

    def __call__(self) -> int:
        """Remove them, and return how many."""
        today = self.daily.due()
        if today is None:
            return 0
        gone = Replaced(self.store, self.daily.clock).expire(self.days)
        self.daily.done(today)
        return gone
