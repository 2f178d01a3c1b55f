"""Gives turns at the hosts of pictures, and counts what those hosts answered."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from bowerbird.net.limiter import Limit, Limiter, Turn

#: The limit at hosts that publish none: what a browser with a few tabs asks for.
DEFAULT_LIMIT: Final = Limit(50, 1, 8)

#: How long a caller waits while our own transfers hold all places of a host. The wait is worth it: each
#: transfer ends within `Limits.total_s`, and giving the candidate back would use up one of its attempts.
PLACE_PATIENCE_S: Final = 60.0

#: How many hosts are counted by name. Links can name any number of hosts.
_MAX_NAMES: Final = 1000
_REST: Final = "(other hosts)"

_FORBIDDEN: Final = frozenset({401, 402, 403, 451})


class HostTurns:
    """The turns of a process at all hosts of pictures, and counts of what came of them. Threads may share it.

    Each turn counts as one of these:

    - `answered`: the host answered;
    - `forbidden`: it refused us (401, 402, 403 or 451);
    - `busy`: it answered 429 or 5xx;
    - `unreachable`: no answer came, or no whole one in time;
    - `postponed`: it was not asked, because it had told us to wait or keeps failing.

    The limiter knows what each host publishes. `bowerbird.crawl.hosts.turns` makes an instance.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[str]] = {}

    @contextmanager
    def turn(self, host: str, *, patience_s: float) -> Iterator[Turn]:
        """Hold one of the host's places; see `bowerbird.net.turns.Turns`."""
        granted: Turn | None = None
        try:
            with self._limiter.turn(
                host, patience_s=patience_s, place_patience_s=PLACE_PATIENCE_S
            ) as granted:
                yield granted
        finally:
            # The status is read only after the turn is over, because an answer that broke off does not count.
            self._count(host, _word(granted.status) if granted else "postponed")

    def wait_s(self, host: str) -> float:
        """Return the seconds until `host` may be asked again; 0 when it may be asked now."""
        return self._limiter.wait_s(host)

    def take(self) -> dict[str, dict[str, int]]:
        """Return counts of the turns since the last call, by host; leave out hosts that always answered."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return {host: dict(count) for host, count in counts.items() if set(count) - {"answered"}}

    def _count(self, host: str, word: str) -> None:
        with self._lock:
            name = host if host in self._counts or len(self._counts) < _MAX_NAMES else _REST
            self._counts.setdefault(name, Counter())[word] += 1


def troubles(counts: Mapping[str, Mapping[str, int]]) -> str:
    """Write one line about the hosts that gave trouble, the worst first; empty when no host did."""
    bad = {
        host: {word: n for word, n in count.items() if word != "answered"} for host, count in counts.items()
    }
    worst = sorted(bad, key=lambda host: (-sum(bad[host].values()), host))
    return "; ".join(
        f"{host}: {', '.join(f'{n} {word}' for word, n in sorted(bad[host].items()))}"
        f" of {sum(counts[host].values())}"
        for host in worst
    )


def _word(status: int | None) -> str:
    if status is None:
        return "unreachable"
    if status in _FORBIDDEN:
        return "forbidden"
    busy = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return "busy" if busy else "answered"
