"""The hours of the day in which `mine` works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to `end`, by the clock on the wall; over midnight when `end` is earlier."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def hold(self, now: datetime) -> bool:
        """Tell whether this is a time to work."""
        clock = now.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `07:00-23:00`; `24:00` is midnight.

        Raises:
            ValueError: these are no hours; the text says how to write them.
        """
        try:
            start, end = (clock(part.strip()) for part in text.split("-"))
        except ValueError:
            raise ValueError(f"{text!r} are no hours: write them as 07:00-23:00") from None
        if start == end:
            raise ValueError(f"{text!r} begin when they end: leave them out to work all day")
        return cls(start, end)


def clock(text: str) -> time:
    """Read a time of day such as `7:00`; `24:00` is midnight.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\d{1,2}:\d{2}", text):
        raise ValueError(text)
    return time() if text == "24:00" else time.fromisoformat(text.zfill(5))
