"""The one rate limiter: per host, driven by what the host answers. It makes no request itself.

A host is asked at most `Limit.requests` times in any `Limit.window_s` seconds, by at most `Limit.concurrency`
callers at once. The headers `X-Ratelimit-Remaining`, `X-Ratelimit-Reset` and `Retry-After` narrow that
further. So do failures: after each, the limiter waits exponentially longer, with jitter, until the circuit
opens.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from bowerbird.core.errors import RetryableError

#: First wait after a failure, doubled by each further one, and the longest, in seconds. Full-range jitter
#: below would allow an immediate retry, so half of the wait is kept:
#: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
BACKOFF_S: Final = 1.0
MAX_BACKOFF_S: Final = 300.0

#: After this many failures in a row, a host is left alone until its wait is over. Then one caller tries it.
BREAKER: Final = 5

#: No answer can silence a host for longer, whatever its headers say.
MAX_WAIT_S: Final = 3600.0

#: Hosts remembered at once: links name any number of them, so idle ones are forgotten beyond this.
MAX_HOSTS: Final = 4096


def _failed(status: int | None) -> bool:
    return (
        status is None or status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """What a host publishes: at most `requests` in any `window_s` seconds, `concurrency` at a time.

    With `until_told`, the limit holds only until the host's answers say in their headers how many requests
    are left, and until when.
    """

    requests: int
    window_s: float
    concurrency: int = 1
    until_told: bool = False


class Turn:
    """Permission for one request. The caller says how the host answered.

    A turn that ends without an answer is a failure. So is one that ends in a RetryableError, whatever its
    status was: an answer that drips or breaks off holds a place for as long as no answer at all.
    """

    __slots__ = ("headers", "status")

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Record an answer; header names may be in any case."""
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """Says how many seconds ago a host was asked, and how many seconds more it wants to be left alone."""

    ago_s: tuple[float, ...]
    wait_s: float


@dataclass(slots=True)
class _Host:
    starts: deque[float]
    in_flight: int = 0
    failures: int = 0
    not_before: float = -math.inf
    remaining: float = math.inf
    resets_at: float = -math.inf
    freed: threading.Condition = field(default_factory=threading.Condition)


class Limiter:
    """Hands out turns.

    `clock` (seconds, any origin), `sleep` and `jitter` ([0, 1)) are injected for tests.
    """

    def __init__(
        self,
        limits: Mapping[str, Limit],
        default: Limit,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._limits = dict(limits)
        self._default = default
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(
        self, host: str, *, patience_s: float = math.inf, place_patience_s: float | None = None
    ) -> Iterator[Turn]:
        """Wait until `host` may be asked, then hold one of its places while the caller asks.

        A caller waits at most `place_patience_s` (or else `patience_s`) for our own other requests to end.

        Raises:
            RetryableError: the wait would be longer than `patience_s`, or the host's circuit is open;
                `retry_after_s` says when to come back.
        """
        state = self._state(host)
        self._enter(host, state, patience_s, patience_s if place_patience_s is None else place_patience_s)
        turn = Turn()
        try:
            yield turn
        except RetryableError:
            if not _failed(turn.status):
                turn.status = None
            raise
        finally:
            with state.freed:
                state.in_flight -= 1
                self._learn(state, turn)
                state.freed.notify()

    def asked(self) -> dict[str, Asked]:
        """Report what hosts were asked lately, in the form that another process gives to `heed`."""
        with self._lock:
            hosts = dict(self._hosts)
        return {host: asked for host, state in hosts.items() if (asked := self._asked(host, state))}

    def heed(self, host: str, asked: Asked) -> None:
        """Count what another process asked of a host as if we had."""
        state = self._state(host)
        with state.freed:
            now = self._clock()
            starts = sorted([*state.starts, *(now - ago for ago in asked.ago_s)])
            state.starts.clear()
            state.starts.extend(starts)
            state.not_before = max(state.not_before, now + min(asked.wait_s, MAX_WAIT_S))

    def _asked(self, host: str, state: _Host) -> Asked | None:
        with state.freed:
            now, window = self._clock(), self._limit(host).window_s
            ago = tuple(now - start for start in state.starts if now - start < window)
            told = state.resets_at if state.remaining < 1 else -math.inf
            wait = max(0.0, state.not_before - now, told - now)
            return Asked(ago, wait) if ago or wait else None

    def wait_s(self, host: str) -> float:
        """Return the seconds until `host` may be asked again; 0 when it may be asked now."""
        state = self._state(host)
        with state.freed:
            return max(0.0, self._next_start(host, state) - self._clock())

    def _state(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                if len(self._hosts) >= MAX_HOSTS:
                    self._hosts = {
                        name: kept for name, kept in self._hosts.items() if not self._idle(name, kept)
                    }
                self._hosts[host] = _Host(deque(maxlen=self._limit(host).requests))
            return self._hosts[host]

    def _idle(self, host: str, state: _Host) -> bool:
        last = state.starts[-1] + self._limit(host).window_s if state.starts else -math.inf
        return not state.in_flight and max(last, state.not_before, state.resets_at) <= self._clock()

    def _limit(self, host: str) -> Limit:
        return self._limits.get(host, self._default)

    def _next_start(self, host: str, state: _Host) -> float:
        limit = self._limit(host)
        at = state.not_before
        told = limit.until_told and not math.isinf(state.remaining) and state.resets_at > self._clock()
        if len(state.starts) == limit.requests and not told:
            at = max(at, state.starts[0] + limit.window_s)
        if state.remaining < 1:
            at = max(at, state.resets_at)
        return at

    def _enter(self, host: str, state: _Host, patience_s: float, place_patience_s: float) -> None:
        limit = self._limit(host)
        deadline = self._clock() + patience_s
        place_deadline = self._clock() + place_patience_s
        while True:
            with state.freed:
                if state.failures >= BREAKER and state.in_flight:
                    state.freed.notify()  # who is told of a place and leaves it tells the next
                    raise RetryableError(f"{host} keeps failing: left alone until it answers again")
                if state.in_flight >= limit.concurrency:
                    left = place_deadline - self._clock()
                    if not state.freed.wait(None if math.isinf(left) else max(0.0, left)):
                        raise RetryableError(f"{host} is busy with our own requests: try again later")
                    deadline = max(deadline, min(place_deadline, self._clock() + patience_s))
                    continue
                now, at = self._clock(), self._next_start(host, state)
                if at <= now:
                    state.in_flight += 1
                    state.starts.append(now)
                    state.remaining = math.inf if now >= state.resets_at else state.remaining - 1
                    return
                if at > deadline or state.failures >= BREAKER:
                    state.freed.notify()
                    raise RetryableError(
                        f"{host} may not be asked for another {at - now:.0f} s: try again then",
                        retry_after_s=at - now,
                    )
            self._sleep(at - now)

    def _learn(self, state: _Host, turn: Turn) -> None:
        now = self._clock()
        remaining = _number(turn.headers.get("x-ratelimit-remaining"))
        reset = _wait(_number(turn.headers.get("x-ratelimit-reset")))
        asked = _retry_after_s(turn.headers)
        if asked is None and turn.status == HTTPStatus.TOO_MANY_REQUESTS:
            asked = reset
        if _failed(turn.status):
            state.failures += 1
            wait = (
                min(MAX_BACKOFF_S, BACKOFF_S * 2.0 ** min(state.failures - 1, 30)) * (1 + self._jitter()) / 2
            )
            state.not_before = max(state.not_before, now + (wait if asked is None else asked))
        else:
            state.failures = 0
        if remaining is not None and reset is not None:
            # Requests still in flight may be uncounted in this answer, so they are taken off.
            state.remaining, state.resets_at = remaining - state.in_flight, now + reset


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _wait(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(seconds, 0.0), MAX_WAIT_S)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After, given as seconds or as a date measured against the answer's own Date.

    Header names are in lower case. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    text = headers.get("retry-after")
    seconds = _number(text)
    if text is None or seconds is not None:
        return _wait(seconds)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return _wait(wait.total_seconds())
