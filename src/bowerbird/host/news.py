"""Says how a source is: at once, and again when it changes, with the time of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from bowerbird.host.counts import kind_of

#: How a source is, for whoever is told.
State = Literal["broken", "well"]
# A source that fails once or twice may be having a bad moment.
_BROKEN: Final = 3


class News:
    """Remembers what was said last; `say` prints a line, `now` tells the time of day.

    `heard` gets the words when the source is broken, for it has failed several times in a row, and when it is
    well again after that.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        now: Callable[[], datetime],
        heard: Callable[[str, State], None] = lambda _words, _state: None,
    ) -> None:
        self._say, self._now, self._heard = say, now, heard
        self._failures = 0
        self._failing = ""
        self._healthy = ""
        self._posts = 0

    def failed(self, problem: str) -> None:
        """Say that a crawl ended early."""
        kind = kind_of(problem)
        if kind != self._failing:
            self._line(problem)
        self._failing = kind
        self._failures += 1
        if self._failures == _BROKEN:
            self._heard(problem, "broken")

    def crawled(self, told: str, posts: int) -> None:
        """Say that a crawl went well. `told` is the source's message, `posts` the run's posts so far."""
        kind = kind_of(told)
        if self._failing:
            self._line(f"it can be read again: {told}" if told else "it can be read again")
        elif told and (kind != self._healthy or posts != self._posts):
            self._line(told)
        if self._failures >= _BROKEN:
            self._heard(told, "well")
        self._failing, self._healthy, self._posts, self._failures = "", kind, posts, 0

    def _line(self, text: str) -> None:
        self._say(f"{self._now():%H:%M:%S} {text}")
