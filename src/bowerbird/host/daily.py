"""Says when what is done once a day is due again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Daily:
    """The last day on which something was done; days are those of `clock`, as a rule UTC's."""

    clock: Callable[[], datetime] = _now
    _done: date | None = field(default=None, init=False)

    def due(self) -> date | None:
        """Today, unless it was done today."""
        today = self.clock().date()
        return None if self._done == today else today

    def done(self, day: date) -> None:
        """Remember that nothing is left to do on this day."""
        self._done = day
