"""Closes HTTP connections that hold a place without using it.

uvicorn bounds how many connections there are, and how long one may be silent after an answer. It does not
bound how long a request's first line and headers take, nor how long an answer goes unread. See slowloris:
https://owasp.org/www-community/attacks/Slow_HTTP_Attack.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long a server waits for its callers.

    A caller has `request_s` seconds from the connection's start, or from the last answer, to the end of the
    next headers. A caller who reads nothing of an answer has `unread_s`. When `connections` are open, a new
    one takes the place of the one that has been without a request for longest.
    """

    request_s: float = 10.0
    unread_s: float = 15.0
    connections: int = 512


class LimitedConnection(H11Protocol):
    """Keeps a uvicorn connection within those limits. Bodies have their own limits, where they are read."""

    patience: ClassVar[ConnectionLimits] = ConnectionLimits()
    _since: float | None = None
    _lateness: asyncio.TimerHandle | None = None
    _watch: asyncio.TimerHandle | None = None
    _unread: float = math.inf

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the connection a place, if need be by closing one that waits."""
        self._make_room()
        super().connection_made(transport)
        self._look()
        self._look_for_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop this connection's timers."""
        super().connection_lost(exc)
        for timer in (self._lateness, self._watch):
            if timer is not None:
                timer.cancel()

    def handle_events(self) -> None:
        """Note when a request is complete up to its body."""
        super().handle_events()
        self._look()

    def on_response_complete(self) -> None:
        """Start the time of the next request."""
        super().on_response_complete()
        self._look()

    def resume_writing(self) -> None:
        """Note that the caller reads its answer again."""
        super().resume_writing()
        self._unread = math.inf

    def _look(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            if self._lateness is not None:
                self._lateness.cancel()
            self._since = self._lateness = None
        elif self._since is None and not self.transport.is_closing():
            self._since = self.loop.time()
            self._lateness = self.loop.call_later(self.patience.request_s, self._leave)

    def _make_room(self) -> None:
        others = [each for each in self.connections if isinstance(each, LimitedConnection)]
        staying = [each for each in others if not each.transport.is_closing()]
        if len(staying) < self.patience.connections:
            return
        waiting = [(each._since, each) for each in staying if each._since is not None]  # noqa: SLF001 - its own kind
        if waiting:
            min(waiting, key=lambda pair: pair[0])[1]._leave()  # noqa: SLF001

    def _leave(self) -> None:
        # The server says nothing: there is no request to answer yet, and who is late on purpose reads
        # nothing.
        self.transport.close()

    def _look_for_reader(self) -> None:
        """Look again and again, and hang up on a caller who reads nothing of its answer."""
        # While writing is paused or over, the amount that is unread can only shrink.
        size = self.transport.get_write_buffer_size()
        stuck = bool(size) and (self.flow.write_paused or self.transport.is_closing())
        if stuck and size >= self._unread:
            self.transport.abort()
            return
        self._unread = size if stuck else math.inf
        self._watch = self.loop.call_later(self.patience.unread_s, self._look_for_reader)


def limited_by(patience: ConnectionLimits) -> type[Any]:
    """Make the protocol of a server with this patience."""
    return type("LimitedConnection", (LimitedConnection,), {"patience": patience})
