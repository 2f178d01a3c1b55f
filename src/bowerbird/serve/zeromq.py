"""Listens for clients of anti_sus: lets them in, makes room, and sends some away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.serve.anti_sus import BatchJudge, Keep, Request
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.zmtp import Peer, RefusedError

_TCP: Final = re.compile(r"tcp://(\*|\[[^\]]+\]|[^:/\[\]]+):(\*|\d+)")
_IPC: Final = "ipc://"
_FAREWELL_S: Final = 10.0
# The original client stops waiting for an answer after two minutes, so no batch may take longer to arrive.
_LIMITS: Final = Limits(total_s=120.0)

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Guest:
    """One connection; `since` is the loop's time when it came, or got its last answer."""

    task: asyncio.Task[None]
    since: float
    sending: bool = False
    answering: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Say whether the client waits for nothing from us."""
        return not self.sending and (self.answering is None or self.answering.done())


@dataclass(frozen=True, slots=True)
class Door:
    """Lets at most `capacity` connections in. When all are taken, one that was idle for `rest_s` makes room.

    A client that finds no room, or has to make room, is owed no answer. libzmq connects again by itself, and
    a REQ socket notices nothing.
    """

    limits: Limits = _LIMITS
    capacity: int = 256
    rest_s: float = 5.0
    _guests: list[_Guest] = field(default_factory=list)

    async def run(self, bound: socket.socket, keep: Keep, cores: int, stop: threading.Event) -> None:
        """Serve until told to stop; requests in hand are answered first."""
        with ThreadPoolExecutor(cores, thread_name_prefix="zmq") as pool:
            judge = BatchJudge(keep, pool, asyncio.Semaphore(2 * cores))

            async def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._enter(judge, Peer(reader, writer, self.limits))

            server = await asyncio.start_server(enter, sock=bound)
            await asyncio.to_thread(stop.wait)
            server.close()
            if tasks := [guest.task for guest in self._guests]:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks, timeout=_FAREWELL_S)
            pool.shutdown(wait=False, cancel_futures=True)

    async def _enter(self, judge: BatchJudge, peer: Peer) -> None:
        task = asyncio.current_task()
        if task is None or not self._make_room():
            peer.abort()
            return
        guest = _Guest(task, asyncio.get_running_loop().time())
        self._guests.append(guest)
        try:
            await self._converse(judge, peer, guest)
        except RefusedError as error:
            _log.warning("a ZeroMQ peer is disconnected: %s", error)
            peer.abort()
        except (asyncio.IncompleteReadError, ConnectionError):
            peer.abort()
        except asyncio.CancelledError:  # the client makes room, or we stop; it first gets what it is owed
            if guest.answering is not None:
                await guest.answering
        finally:
            if guest in self._guests:
                self._guests.remove(guest)
            await peer.close()

    def _make_room(self) -> bool:
        if len(self._guests) < self.capacity:
            return True
        rested = asyncio.get_running_loop().time() - self.rest_s
        idle = [guest for guest in self._guests if guest.idle and guest.since <= rested]
        if not idle:
            return False
        longest = min(idle, key=lambda guest: guest.since)
        self._guests.remove(longest)
        longest.task.cancel()
        return True

    async def _converse(self, judge: BatchJudge, peer: Peer, guest: _Guest) -> None:
        """Take one message after the other; while one is judged, heartbeats are answered."""
        await peer.greet()
        while True:
            head = await peer.first()
            guest.sending = True
            if guest.answering is not None:
                await guest.answering
            try:
                async with asyncio.timeout(self.limits.total_s):
                    request = await judge.receive(peer, head)
            except TimeoutError:
                raise RefusedError(f"its message took more than {self.limits.total_s:g} seconds") from None
            guest.answering = asyncio.create_task(_answer(judge, peer, guest, request))
            guest.sending = False


async def _answer(judge: BatchJudge, peer: Peer, guest: _Guest, request: Request) -> None:
    with contextlib.suppress(ConnectionError):
        try:
            await peer.send(await judge.reply(request))
        except RefusedError as error:
            _log.warning("a ZeroMQ peer is disconnected: %s", error)
            peer.abort()
    guest.since = asyncio.get_running_loop().time()


@contextmanager
def serving(address: str, keep: Keep, cores: int, door: Door | None = None) -> Iterator[str]:
    """Serve in a thread until the block ends; yields the address it listens on.

    Raises:
        UsageError: the server cannot listen on the address.
    """
    stop = threading.Event()
    with _bound(address) as (bound, endpoint):
        thread = threading.Thread(
            target=lambda: asyncio.run((door or Door()).run(bound, keep, cores, stop)), name="zmq"
        )
        thread.start()
        try:
            yield endpoint
        finally:
            stop.set()
            thread.join()


@contextmanager
def _bound(address: str) -> Iterator[tuple[socket.socket, str]]:
    try:
        bound, endpoint = _bind(address)
    except (OSError, OverflowError, UnicodeError) as error:
        raise UsageError(f"--zmq {address}: {error}; write an address such as tcp://127.0.0.1:7777") from None
    with bound:
        yield bound, endpoint
    if address.startswith(_IPC):
        Path(address.removeprefix(_IPC)).unlink(missing_ok=True)


def _bind(address: str) -> tuple[socket.socket, str]:
    if address.startswith(_IPC):
        path = Path(address.removeprefix(_IPC))
        if path.is_socket():
            path.unlink()  # a server that was killed left it; libzmq removes it too
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(str(path))
        return bound, address
    match = _TCP.fullmatch(address)
    if match is None:
        raise OSError("this is no address")
    host, port = ("0.0.0.0" if match[1] == "*" else match[1].strip("[]")), match[2].replace("*", "0")  # noqa: S104 - asked for
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.create_server((host, int(port)), family=family)
    shown = f"[{host}]" if ":" in host else host
    return bound, f"tcp://{shown}:{bound.getsockname()[1]}"
