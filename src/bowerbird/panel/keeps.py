"""What was kept, the newest first, and counts of the last day. Reads each file of decisions once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from bowerbird.core.decision_log import day_of, decode_line, file_lines, log_keys
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.review.sheet.cards import Card, card_of

A_PAGE: Final = 24
# The page asks every few seconds, and perhaps from several devices.
_FRESH_S: Final = 1.0
# A purge takes the words out of old lines; what was read before is forgotten now and then.
_FORGET_S: Final = 600.0
_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Read:
    """What one file of decisions holds: the kept, and when each candidate was decided."""

    kept: tuple[Card, ...]
    decided: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LastDay:
    """Counts of the last 24 hours."""

    seen: int
    kept: int


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Keeps:
    """The kept pictures of one place. Threads may share it."""

    store: ObjectStore
    clock: Callable[[], datetime] = _now
    ticks: Callable[[], float] = time.monotonic
    _files: dict[str, _Read] = field(default_factory=dict, init=False)
    _keys: list[tuple[str, tuple[str, ...]]] = field(default_factory=list, init=False)
    _cards: dict[str, Card] = field(default_factory=dict, init=False)
    _listed: float | None = field(default=None, init=False)
    _emptied: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def newest(self, before: str = "") -> list[Card]:
        """Give a page of kept pictures, the newest first; `before` is the mark of the last one shown."""
        with self._lock:
            self._list()
            found = []
            for card in self._kept(before[:10]):
                if not before or mark(card) < before:
                    found.append(card)
                if len(found) == A_PAGE:
                    break
            self._cards |= {digest(card.candidate): card for card in found}
            return found

    def last_day(self) -> LastDay:
        """Count what was decided in the last 24 hours."""
        since = (self.clock() - _DAY).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._lock:
            self._list()
            reads = [self._read(key) for day, keys in self._keys if day >= since[:10] for key in keys]
            seen = {name for read in reads for at, name in read.decided if at >= since}
            kept = {card.candidate for read in reads for card in read.kept if card.decided_at >= since}
        return LastDay(len(seen), len(kept))

    def card(self, name: str) -> Card | None:
        """Give the card of a picture that was shown, by its digest."""
        with self._lock:
            return self._cards.get(name)

    def _list(self) -> None:
        """Look which files there are, unless that was done a moment ago."""
        now = self.ticks()
        if self._listed is not None and now - self._listed < _FRESH_S:
            return
        if now - self._emptied > _FORGET_S:
            self._files.clear()
            self._emptied = now
        self._listed = now
        days = [(day, tuple(keys)) for day, keys in groupby(log_keys(self.store), day_of)]
        self._keys = sorted(days, reverse=True)
        there = {key for _, keys in self._keys for key in keys}
        self._files = {key: read for key, read in self._files.items() if key in there}

    def _kept(self, day: str) -> Iterator[Card]:
        """Yield the kept of a day and of those before it, the newest first; of all days if it is empty."""
        for each, keys in self._keys:
            if day and each > day:
                continue
            cards = {card.candidate: card for key in keys for card in self._read(key).kept}
            yield from sorted(cards.values(), key=mark, reverse=True)

    def _read(self, key: str) -> _Read:
        if key not in self._files:
            lines = file_lines(key, self.store.get(key) or b"")
            found = [decision for decision in map(decode_line, lines) if decision is not None]
            self._files[key] = _Read(
                tuple(card_of(each) for each in found if each.keep),
                tuple((each.decided_at, each.candidate) for each in found),
            )
        return self._files[key]


def mark(card: Card) -> str:
    """Give a text by which kept pictures are in their order, one after the other."""
    return f"{card.decided_at} {digest(card.candidate)}"
