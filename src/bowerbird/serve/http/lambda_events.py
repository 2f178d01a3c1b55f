"""Takes events of API Gateway and function URLs to the application, and its answers back."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from mangum import Mangum
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bowerbird.serve.http.problems import Problem

# Answers of any other type leave as base64, which only binary answers need.
_TEXT: Final = ["text/", "application/json", "application/problem+json", "application/x-ndjson"]
# Enough to say that there was not enough.
_RESERVE_S: Final = 2.0


def event_handler(app: FastAPI) -> Mangum:
    """A handler for function URL, HTTP API (v2) and REST API (v1) events.

    Without `lifespan="off"`, Mangum would start and stop the application around every event.
    """
    return Mangum(InTime(app), lifespan="off", text_mime_types=_TEXT)


class InTime:
    """Answers 503 before Lambda's own time-out would. Lambda answers 502 then, and nobody knows why."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer once it is whole: Mangum sends no part of one either."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        left_s = scope["aws.context"].get_remaining_time_in_millis() / 1000
        try:
            async with asyncio.timeout(left_s - _RESERVE_S):
                await self._app(scope, receive, keep)
        except TimeoutError:
            await _too_long().response()(scope, receive, send)
            return
        for message in answer:
            await send(message)


def _too_long() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "busy",
        "The pictures took longer than one call of the function may: send fewer at once, or smaller ones.",
        headers={"Retry-After": "1"},
    )
