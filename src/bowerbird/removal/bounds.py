"""How much a place may hold, and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a place may hold: bytes, days, and the least percentile. None: no bound."""

    max_bytes: int | None = None
    max_days: int | None = None
    min_percentile: float | None = None

    def __bool__(self) -> bool:
        return self != Bounds()
