"""Lets runs tell each other when they asked which hosts. A host's limits hold whichever run asks."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from bowerbird.core.errors import RetryableError
from bowerbird.core.json_text import parsed
from bowerbird.core.ports import ObjectStore
from bowerbird.net.limiter import MAX_WAIT_S, Asked, Limiter

# Clocks of machines that share a store may differ by so much.
_SKEW_S: Final = 60.0

_LOG: Final = logging.getLogger(__name__)

KEY: Final = "cursors/pace.json"

#: A writer that loses this many races in a row gives up: what it would have written is soon out of date.
_RACES: Final = 10


class SharedLimits:
    """Carries a limiter's memory from one run to the next, through the object store.

    A run knows of the requests of runs that ended before it began. Two runs that overlap each keep the limits
    alone. Together they may exceed a limit by what the other one asks meanwhile. The hosts' own answers (429,
    Retry-After) then bound that.
    """

    def __init__(self, store: ObjectStore, limiter: Limiter, clock: Callable[[], float] = time.time) -> None:
        self._store, self._limiter, self._clock = store, limiter, clock
        self._heard: dict[str, set[float]] = {}

    def heed(self) -> None:
        """Take over what earlier runs asked, once for each request."""
        found = self._store.get_versioned(KEY)
        now = self._clock()
        for host, told in _told(found[0] if found else b"{}", now).items():
            heard = self._heard.setdefault(host, set())
            fresh = set(told["at"]) - heard
            heard |= fresh
            ago = tuple(max(0.0, now - at) for at in fresh)
            wait = max(0.0, told["until"] - now)
            self._limiter.heed(host, Asked(ago, wait))

    def tell(self) -> None:
        """Leave word of what this run asked. A store that fails costs the word, not the run."""
        try:
            self._write(self._clock())
        except RetryableError as error:
            _LOG.warning("other runs will not know what this one asked: %s", error)

    def _write(self, now: float) -> None:
        mine = {host: self._mine(host, asked, now) for host, asked in self._limiter.asked().items()}
        for _ in range(_RACES):
            found = self._store.get_versioned(KEY)
            told = _told(found[0] if found else b"{}", now)
            for host, own in mine.items():
                others = told.get(host, {"at": [], "until": 0.0})
                recent = {at for at in others["at"] if at > now - MAX_WAIT_S}
                until = max(others["until"], own["until"])
                told[host] = {"at": sorted(recent | set(own["at"])), "until": until}
            data = json.dumps(told, separators=(",", ":")).encode()
            version = found[1] if found else None
            if self._store.replace(KEY, data, content_type="application/json", version=version):
                break
        else:
            raise RetryableError(f"others kept writing {KEY}")
        for host, own in mine.items():
            self._heard.setdefault(host, set()).update(own["at"])

    def _mine(self, host: str, asked: Asked, now: float) -> dict[str, Any]:
        # What was heard from others comes back from the limiter too, moved by the clocks' rounding at most.
        heard = self._heard.get(host, set())
        times = [round(now - ago, 3) for ago in asked.ago_s]
        at = [each for each in times if not any(abs(each - other) < 0.01 for other in heard)]  # noqa: PLR2004
        return {"at": at, "until": round(now + asked.wait_s, 3) if asked.wait_s else 0.0}


def _told(data: bytes, now: float) -> dict[str, dict[str, Any]]:
    """What is stored, without times that cannot be. Those come from a clock that was set back since."""
    return {
        host: {
            "at": [at for at in told["at"] if at <= now + _SKEW_S],
            "until": told["until"] if told["until"] <= now + MAX_WAIT_S + _SKEW_S else 0.0,
        }
        for host, told in _decoded(data).items()
    }


def _decoded(data: bytes) -> dict[str, dict[str, Any]]:
    """Our own writing; whatever else stands there says nothing."""
    try:
        return {
            str(host): {"at": [float(at) for at in told["at"]], "until": float(told["until"])}
            for host, told in parsed(data).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        _LOG.warning("%s cannot be read: starting anew", KEY)
        return {}
