"""Refuses requests that are larger than the page's few bytes, and requests that come slowly."""

from __future__ import annotations

from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bowerbird.serve.http.body import whole
from bowerbird.serve.http.problems import Problem
from bowerbird.serve.http.quotas import Limits

# {"keep": false} has 15.
_MOST_BYTES: Final = 1024


class SmallBodies:
    """Reads a body within limits and hands it on whole; the framework would take any amount into memory."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413 or 408."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await whole(Request(scope, receive), self._limits, limit=_MOST_BYTES)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        except ClientDisconnect:
            return
        read = False

        async def again() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)
