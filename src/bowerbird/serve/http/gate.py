"""Lets in so many requests at a time, and tells all others at once, before it reads anything."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bowerbird.serve.http.problems import Problem
from bowerbird.serve.http.quotas import Limits

JUDGING: Final = "/judge"
# A proxy may speak https for us.
_SCHEMES: Final = ("http", "https")


@dataclass(slots=True)
class Room:
    """Counts the requests that are judged now. One event loop owns it, so plain numbers do."""

    capacity: int
    taken: int = 0

    @property
    def full(self) -> bool:
        """Say whether the next request is turned away."""
        return self.taken >= self.capacity


class Gate:
    """Lets a judging request in, or answers 503 with Retry-After.

    A waiting caller would hold its body in memory and time out later. A caller who hears at once can go
    elsewhere. Requests that judge nothing (health, readiness, the page) always find room.
    """

    def __init__(self, app: ASGIApp, room: Room, limits: Limits) -> None:
        self._app, self._room, self._limits = app, room, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or turn it away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        judging = scope["path"].startswith(JUDGING)
        refusal = self._refusal(Headers(scope=scope), judging=judging)
        if refusal is not None:
            await refusal.response()(scope, receive, send)
            return
        if not judging:
            await self._app(scope, receive, send)
            return
        self._room.taken += 1
        try:
            await self._within_time(scope, receive, send)
        finally:
            self._room.taken -= 1

    def _refusal(self, headers: Headers, *, judging: bool) -> Problem | None:
        # Somebody else's page asks, in the browser of somebody who runs this at home. It may link to our
        # page.
        if foreign(headers) or (judging and headers.get("sec-fetch-site") == "cross-site"):
            return Problem(HTTPStatus.FORBIDDEN, "cross-site", "Pages of other sites may not use this.")
        if judging and self._room.full:
            return busy(self._limits)
        return None

    async def _within_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._limits.total_s):
                await self._app(scope, receive, note)
        except TimeoutError:
            if started:
                raise
            await busy(self._limits).response()(scope, receive, send)


def foreign(headers: Headers) -> bool:
    """Whether a page of another origin asks: another name, another port, or no origin at all ("null").

    Every browser names the origin in Origin; older ones send no Sec-Fetch-Site. Origin is compared with Host,
    which a proxy may have changed. Then Sec-Fetch-Site decides, the browser's own word, which no page can
    write:
    https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header.
    """
    origin = headers.get("origin")
    if origin is None or headers.get("sec-fetch-site") == "same-origin":
        return False
    return origin.lower() not in {f"{scheme}://{headers.get('host', '').lower()}" for scheme in _SCHEMES}


def busy(limits: Limits) -> Problem:
    """Make the answer that asks the caller to come back later."""
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        f"{limits.requests} requests are being judged; try again in a moment.",
        headers={"Retry-After": str(limits.retry_after_s)},
    )
