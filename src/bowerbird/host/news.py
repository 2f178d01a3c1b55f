"""Says how a source is: at once, and again when it changes, with the time of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bowerbird.host.counts import kind_of


class News:
    """Remembers what was said last; `say` prints a line, `now` tells the time of day."""

    def __init__(self, say: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self._say, self._now = say, now
        self._failing = ""
        self._healthy = ""
        self._posts = 0

    def failed(self, problem: str) -> None:
        """Say that a crawl ended early."""
        kind = kind_of(problem)
        if kind != self._failing:
            self._line(problem)
        self._failing = kind

    def crawled(self, told: str, posts: int) -> None:
        """Say that a crawl went well. `told` is the source's message, `posts` the run's posts so far."""
        kind = kind_of(told)
        if self._failing:
            self._line(f"it can be read again: {told}" if told else "it can be read again")
        elif told and (kind != self._healthy or posts != self._posts):
            self._line(told)
        self._failing, self._healthy, self._posts = "", kind, posts

    def _line(self, text: str) -> None:
        self._say(f"{self._now():%H:%M:%S} {text}")
