"""Speaks as much of ZMTP 3 as a server that answers requests needs, and knows every length before it reads.

libzmq shows a message only once it holds all its frames, and ZMQ_MAXMSGSIZE bounds only one frame. So one
peer can make libzmq hold any amount of memory. It also takes an HTTP request for an old peer. This module
sees a frame's size before its bytes, and then reads the bytes in pieces. Sources:
https://rfc.zeromq.org/spec/23/ (3.0), https://rfc.zeromq.org/spec/37/ (3.1, heartbeats).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bowerbird.serve.http.quotas import Limits, SendingPace

_SIGNATURE: Final = b"\xff" + bytes(8) + b"\x7f"
_VERSION: Final = 3
# Version 3.0, the mechanism NULL in 20 bytes, not "as server" (NULL has none), filler.
_GREETING: Final = _SIGNATURE + bytes([_VERSION, 0]) + b"NULL".ljust(20, b"\0") + bytes(32)
_MORE, _LONG, _COMMAND = 1, 2, 4
_MAX_COMMAND: Final = 4096
_SHORT: Final = 255
_PIECE: Final = 64 * 1024
# The name and a time to live of two bytes stand before a PING's context. Its PONG repeats the context.
_PING: Final = b"\x04PING"
_PING_HEAD: Final = len(_PING) + 2


class RefusedError(Exception):
    """The peer speaks something else, or sends more or more slowly than allowed; the text says which."""


@dataclass(frozen=True, slots=True)
class Head:
    """What comes in front of a frame: its size in bytes, and whether the message goes on after it."""

    size: int
    more: bool
    command: bool


class Peer:
    """One connection. A peer's mistake raises RefusedError; a peer that has gone, IncompleteReadError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits) -> None:
        self._reader, self._writer, self._limits = reader, writer, limits
        self._pace = SendingPace(limits)

    async def greet(self) -> None:
        """Agree on version 3 without encryption; all of it may take as long as one pause."""
        try:
            async with asyncio.timeout(self._limits.idle_s):
                await self._shake_hands()
        except TimeoutError:
            raise RefusedError("its greeting did not come in time") from None

    async def _shake_hands(self) -> None:
        signature = await self._reader.readexactly(len(_SIGNATURE))
        if signature[:1] != _SIGNATURE[:1] or signature[-1:] != _SIGNATURE[-1:]:
            raise RefusedError("it does not speak ZeroMQ's protocol")
        self._writer.write(_GREETING)
        rest = await self._reader.readexactly(len(_GREETING) - len(_SIGNATURE))
        if rest[0] < _VERSION or rest[2:22].rstrip(b"\0") != b"NULL":
            raise RefusedError("it speaks an older version of ZeroMQ's protocol, or wants encryption")
        self._writer.write(_command(b"\x05READY" + _property(b"Socket-Type", b"ROUTER")))
        head = await self._head()
        if not head.command or not (await self.exactly(head.size)).startswith(b"\x05READY"):
            raise RefusedError("it did not say that it is ready")

    async def first(self) -> Head:
        """Wait for the next message and read its first frame's head; answer commands that come before."""
        while True:
            start = await self._reader.readexactly(1)
            self._pace = SendingPace(self._limits)
            head = await self._in_time(self._head(start))
            if not head.command:
                return head
            await self._obey(bytes(await self.exactly(head.size)))

    async def next(self) -> Head:
        """Read the head of the same message's next frame, which must not take long."""
        head = await self._in_time(self._head())
        if head.command:
            raise RefusedError("it sent a command inside a message")
        return head

    async def exactly(self, size: int) -> bytearray:
        """Read so many bytes of the frame; the caller limits `size`."""
        data = bytearray()
        async for piece in self._pieces(size):
            data += piece
        return data

    async def skip(self, size: int) -> None:
        """Read over so many bytes without holding them."""
        async for _ in self._pieces(size):
            pass

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send a message; refuse a peer that does not take it in time."""
        last = len(frames) - 1
        await self._write(
            b"".join(_frame(_MORE if index < last else 0, frame) for index, frame in enumerate(frames))
        )

    def abort(self) -> None:
        """Hang up at once, even if something was not sent yet."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Hang up once everything is sent."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            async with asyncio.timeout(self._limits.idle_s):
                await self._writer.drain()
        except TimeoutError:
            raise RefusedError("it does not read its answers") from None

    async def _head(self, start: bytes = b"") -> Head:
        flags = (start or await self._reader.readexactly(1))[0]
        more, long, command = bool(flags & _MORE), bool(flags & _LONG), bool(flags & _COMMAND)
        if flags > _MORE | _LONG | _COMMAND or (command and more):
            raise RefusedError("it sent a frame of no known kind")
        size = int.from_bytes(await self._reader.readexactly(8 if long else 1), "big")
        if command and size > _MAX_COMMAND:
            raise RefusedError(f"it sent a command of {size} bytes")
        return Head(size, more, command)

    async def _in_time(self, head: Coroutine[Any, Any, Head]) -> Head:
        try:
            async with asyncio.timeout(self._limits.idle_s):
                return await head
        except TimeoutError:
            raise RefusedError(f"nothing came for {self._limits.idle_s:g} seconds") from None

    async def _pieces(self, size: int) -> AsyncIterator[bytes]:
        while size:
            start = time.monotonic()
            try:
                async with asyncio.timeout(self._limits.idle_s):
                    piece = await self._reader.read(min(size, _PIECE))
            except TimeoutError:
                raise RefusedError(f"nothing came for {self._limits.idle_s:g} seconds") from None
            if not piece:
                raise asyncio.IncompleteReadError(b"", size)
            if self._pace.too_slow(len(piece), time.monotonic() - start):
                raise RefusedError("it sends too slowly")
            size -= len(piece)
            yield piece

    async def _obey(self, command: bytes) -> None:
        if command.startswith(_PING):
            await self._write(_command(b"\x04PONG" + command[_PING_HEAD:]))


def _command(body: bytes) -> bytes:
    return _frame(_COMMAND, body)


def _frame(flags: int, body: bytes) -> bytes:
    if len(body) <= _SHORT:
        return bytes([flags, len(body)]) + body
    return bytes([flags | _LONG]) + len(body).to_bytes(8, "big") + body


def _property(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + len(value).to_bytes(4, "big") + value
