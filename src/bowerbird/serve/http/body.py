"""Reads a request's body as it arrives, within limits on size, speed and pauses, never whole in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.requests import Request

from bowerbird.serve.http.problems import Problem, malformed, too_large
from bowerbird.serve.http.quotas import Limits, SendingPace


def check_declared(request: Request, limit: int) -> None:
    """Refuse a body by its headers, before a byte of it is read.

    Raises:
        Problem: 413 for a Content-Length that is too large, 415 for an encoded body.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-encoding", "Send the body without Content-Encoding."
        )
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit():
        raise malformed("Content-Length is not a number.")
    if int(declared) > limit:
        raise too_large(f"The body has {int(declared)} bytes, {limit} are read; send smaller batches.")


async def chunks(request: Request, limits: Limits, *, limit: int | None = None) -> AsyncIterator[bytes]:
    """The body, piece by piece. `limit` is in bytes; None stands for the general limit.

    Raises:
        Problem: 413 too large, 408 too slow.
        ClientDisconnect: the caller has gone.
    """
    limit = limits.body_bytes if limit is None else limit
    check_declared(request, limit)
    pace = SendingPace(limits)
    stream = request.stream()
    while True:
        start = time.monotonic()
        try:
            async with asyncio.timeout(limits.idle_s):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise _slow(f"Nothing came for {limits.idle_s:g} seconds.") from None
        if chunk is None:
            return
        slow = pace.too_slow(len(chunk), time.monotonic() - start)
        if pace.received > limit:
            raise too_large(f"The body has more than {limit} bytes; send smaller batches.")
        if slow:
            raise _slow(f"The body came at less than {limits.min_rate:g} bytes a second.")
        if chunk:
            yield chunk


async def whole(request: Request, limits: Limits, *, limit: int) -> bytes:
    """Read a small body in one piece. It raises what `chunks` raises."""
    return b"".join([chunk async for chunk in chunks(request, limits, limit=limit)])


def _slow(detail: str) -> Problem:
    return Problem(HTTPStatus.REQUEST_TIMEOUT, "too-slow", detail)
