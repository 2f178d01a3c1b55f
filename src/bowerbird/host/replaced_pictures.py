"""What waits in `replaced/`: how many pictures and how much room, for people, and its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.core.usual import KEEP_DAYS
from bowerbird.filter.replaced import Replaced

_UNITS: Final = ("bytes", "kB", "MB", "GB")
_THOUSAND: Final = 1000


def told_size(size: int) -> str:
    """Bytes in words: 812 bytes, 34.1 MB."""
    value, unit = float(size), 0
    while value >= _THOUSAND and unit + 1 < len(_UNITS):
        value, unit = value / _THOUSAND, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit else f"{size} bytes"


def told_waiting(store: ObjectStore) -> str | None:
    """One line on what waits, None when nothing does."""
    sizes = [each.size for each in Replaced(store).waiting()]
    if not sizes:
        return None
    pictures = f"{len(sizes)} pictures that" if len(sizes) > 1 else "1 picture that"
    return (
        f"{pictures} a better copy replaced: {told_size(sum(sizes))} in replaced/; "
        "`bowerbird restore PLACE --list` shows them"
    )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Expiry:
    """Removes what has waited for more than `days`; looks once a day, however often it is called."""

    store: ObjectStore
    days: int = KEEP_DAYS
    clock: Callable[[], datetime] = _now
    _looked: datetime | None = field(default=None, init=False)

    def __call__(self) -> int:
        """Remove; returns how many."""
        now = self.clock()
        if self._looked is not None and now.date() == self._looked.date():
            return 0
        gone = Replaced(self.store, self.clock).expire(self.days)
        self._looked = now
        return gone
