"""Gives verdicts as they are made, in the order of the pictures, and sends them as an NDJSON answer."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bowerbird.serve.http.problems import problem_of

NDJSON: Final = "application/x-ndjson"

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


async def in_order(
    items: AsyncIterator[_Item], judge: Callable[[_Item], _Result], pool: Executor, width: int
) -> AsyncIterator[_Result]:
    """Judge items as they arrive, at most `width` at once; the next one is read when there is room."""
    loop = asyncio.get_running_loop()
    pending: deque[asyncio.Future[_Result]] = deque()
    try:
        async for item in items:
            pending.append(loop.run_in_executor(pool, judge, item))
            if len(pending) >= width:
                yield await pending.popleft()
        while pending:
            yield await pending.popleft()
    finally:
        for future in pending:
            future.cancel()


class Ndjson(Response):
    """Sends one JSON object a line, as soon as it is known: https://github.com/ndjson/ndjson-spec.

    Lines may leave while the request's body still arrives. Most callers read nothing before they have sent
    everything, so reading never waits for sending. Lines wait instead, and their number is limited.
    An error before the first line is an ordinary problem. After it, the last line is `{"problem": …}`.
    """

    media_type = NDJSON

    def __init__(self, lines: AsyncIterator[BaseModel]) -> None:
        self._lines = lines
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers({"X-Accel-Buffering": "no"})  # nginx would hold the lines back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the lines."""
        del scope, receive
        ready: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        filling = asyncio.create_task(self._fill(ready))
        try:
            line = await ready.get()
            if isinstance(line, Exception):
                raise line
            headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while line is not None:
                if isinstance(line, Exception):
                    line = _line({"problem": problem_of(line).document()})
                await send({"type": "http.response.body", "body": line, "more_body": True})
                line = await ready.get()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            filling.cancel()

    async def _fill(self, ready: asyncio.Queue[bytes | Exception | None]) -> None:
        try:
            async for line in self._lines:
                ready.put_nowait(line.model_dump_json().encode() + b"\n")
        except Exception as error:  # noqa: BLE001 - the sender gets it, and knows how far it has come
            ready.put_nowait(error)
        ready.put_nowait(None)


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode(errors="replace") + b"\n"
