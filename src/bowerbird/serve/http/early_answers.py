"""Lets a caller hear an answer that comes before its body has been read.

A server that closes a connection with unread bytes in it resets the connection. The reset overtakes the
answer, and the caller sees a broken pipe instead of "too large". So for a moment the server reads the rest
and throws it away:
https://www.rfc-editor.org/rfc/rfc9112#section-9.6
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MAX_BYTES: Final = 64 * 1024 * 1024
_MAX_S: Final = 2.0


class LingeringAnswers:
    """Holds back the end of an early answer until the caller stops sending, or its moment is over."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on except the end of an early answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reading = True

        async def note() -> Message:
            nonlocal reading
            message = await receive()
            reading = message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def linger(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if last and reading:
                await send({**message, "more_body": True})
                with suppress(TimeoutError):
                    async with asyncio.timeout(_MAX_S):
                        await discard()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        async def discard() -> None:
            left = _MAX_BYTES
            while reading and left > 0:
                left -= len((await note()).get("body", b""))

        await self._app(scope, note, linger)
