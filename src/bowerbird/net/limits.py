"""Sets how long, how slow and how large a transfer may be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word

# Status line, headers and chunk framing, on top of the body; a real answer has a few KiB of them.
_FRAMING_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch, redirects included, in seconds and bytes a second.

    `min_rate` is the least average rate since the start, checked once `grace_s` have passed. Without it, a
    server could send a byte now and then for hours and keep within the time limit of each read. `patience_s`
    is how long a caller waits for its turn to ask a host. After that the candidate goes back to the queue,
    and the caller does something else.
    """

    connect_s: float = 5.0
    read_s: float = 10.0
    total_s: float = 60.0
    min_rate: float = 4096.0
    grace_s: float = 10.0
    redirects: int = 5
    patience_s: float = 5.0
    ports: frozenset[int] = frozenset({80, 443})


class Budget:
    """Keeps what is left of one fetch's limits. Each read from the socket asks it first and reports after."""

    def __init__(self, limits: Limits, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._max_wire = max_bytes + _FRAMING_BYTES
        self._clock = clock
        self._start = clock()
        self._received = 0

    def connect_timeout(self) -> float:
        """Return how many seconds the next connection may take."""
        return min(self._limits.connect_s, self._remaining())

    def read_timeout(self) -> float:
        """Return how many seconds the next read may take."""
        return min(self._limits.read_s, self._remaining())

    def received(self, count: int) -> None:
        """Account for bytes off the wire.

        Raises:
            PermanentError: more than the body and its framing may be.
            RetryableError: below the minimum rate.
        """
        self._received += count
        if self._received > self._max_wire:
            raise PermanentError(f"more than {self._max_wire} bytes on the wire", Word.TOO_LARGE)
        elapsed = self._clock() - self._start
        if elapsed > self._limits.grace_s and self._received < elapsed * self._limits.min_rate:
            rate = self._received / elapsed
            raise RetryableError(
                f"{rate:.0f} bytes a second, {self._limits.min_rate:.0f} is the least", Word.SLOW
            )

    def _remaining(self) -> float:
        remaining = self._start + self._limits.total_s - self._clock()
        if remaining <= 0:
            raise RetryableError(f"the transfer took longer than {self._limits.total_s:g} s", Word.TIMEOUT)
        return remaining
