"""What a run does with what it kept, beside the crawl: names, deliveries, room, messages.

One thread does it all, every few seconds, so a slow gallery keeps neither the crawl nor the filter waiting.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import BowerbirdError
from bowerbird.host.news import State

_log = logging.getLogger(__name__)

_EVERY_S: Final = 5.0


def tell(line: str) -> None:
    """Say a line on standard error, with the time of day."""
    print(shown(f"{datetime.now().astimezone():%H:%M:%S} {line}"), file=sys.stderr, flush=True)


class Chore(Protocol):
    """Something to see to. It decides itself whether there is anything to do now."""

    def __call__(self) -> None:
        """Do it.

        Raises:
            BowerbirdError: it failed; it is tried again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Care:
    """The chores of a run, by name; `heard` is told how a stream is: its name, words, the state."""

    chores: Sequence[tuple[str, Chore]]
    heard: Callable[[str, str, State], None]


#: Nothing to see to.
NO_CARE: Final = Care((), lambda _source, _words, _state: None)


class Chores:
    """The chores of one run. `say` tells of a failure: at once, and again only when it changes."""

    def __init__(self, chores: Sequence[tuple[str, Chore]], say: Callable[[str], None]) -> None:
        self._chores, self._say = chores, say
        self._told: dict[str, str] = {}
        self._ended = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Do the chores during the block, and once more at its end, when all is decided."""
        if not self._chores:
            yield
            return
        thread = threading.Thread(target=self._go_on, name="chores", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            self.once()

    def _go_on(self) -> None:
        while not self._ended.wait(_EVERY_S):
            self.once()

    def once(self) -> None:
        """Do each chore. One that fails keeps no other from being done."""
        for name, chore in self._chores:
            try:
                chore()
                self._told.pop(name, None)
            except BowerbirdError as error:
                self._fail(name, str(error))
            except Exception as error:  # noqa: BLE001 - a thread that dies would leave all chores undone
                _log.info("%s failed", name, exc_info=True)
                self._fail(name, f"{type(error).__name__}: {error}; -v shows where, please report it")

    def _fail(self, name: str, problem: str) -> None:
        if self._told.get(name) != problem:
            self._say(f"{name}: {problem}")
        self._told[name] = problem
