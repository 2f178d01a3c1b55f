"""A day of `mine --every`, on a clock of its own, against a real server that fails as it is told to."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.host.wiring import QUEUE
from tests.chaos.rig import picture

MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
DAY_S = 24 * 3600.0
FEED = "http://pictures.example/feed"

#: Writes an answer to a connection, given the number of the crawl.
Answer = Callable[[socket.socket, int], None]


def http(body: bytes, status: str = "200 OK", *headers: str, cut: int = 0) -> bytes:
    """An answer; `cut` bytes of the body are missing."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body[: len(body) - cut]


def says(data: bytes) -> Answer:
    """Always the same."""
    return lambda connection, _crawl: connection.sendall(data)


def silent(connection: socket.socket, _crawl: int) -> None:
    """Never answers; the caller hangs up."""
    connection.settimeout(5)
    connection.recv(1)


def hangs_up(connection: socket.socket, _crawl: int) -> None:
    """Resets the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def refused(connection: socket.socket, crawl: int) -> None:
    """Stands for a port on which nobody listens: see `Server.enter`."""
    raise AssertionError((connection, crawl))


class Server:
    """Pictures, and a feed that answers as `answer` says."""

    def __init__(self) -> None:
        self.answer: Answer = refused
        self.crawl = 0
        self._socket: socket.socket | None = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enter(self, answer: Answer, crawl: int) -> None:
        """Answer so from now on."""
        self.answer, self.crawl = answer, crawl
        if answer is refused:
            self.close()
        elif self._socket is None:
            self._socket = socket.create_server(("127.0.0.1", self.port))
            self._listen()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)  # a thread in accept() would keep it open
            self._socket.close()
            self._socket = None

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._socket,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                path = connection.recv(65536).split(b" ")[1].decode()
                if path.endswith(".jpg"):
                    body = picture(int(Path(path).stem))
                    connection.sendall(http(body, "200 OK", "Content-Type: image/jpeg"))
                else:
                    self.answer(connection, self.crawl)
            except OSError:
                return  # whoever asked has hung up


@dataclass
class Clock(threading.Event):
    """The day's clock, and what a run waits for between crawls: waiting moves it, its end ends the run."""

    phases: list[Answer]
    every_s: float
    server: Server
    state: Path
    at: float = 0.0
    crawls: int = field(default=0)

    def __post_init__(self) -> None:
        super().__init__()
        self._enter()

    def wait(self, timeout: float | None = None) -> bool:
        """Between crawls the day goes on, once all that was found is judged; shorter waits are real."""
        if timeout != self.every_s:
            return super().wait(timeout)
        self._settle()
        self.at += self.every_s
        self.crawls += 1
        if self.at >= DAY_S:
            self.set()
        self._enter()
        return self.is_set()

    def sleep(self, seconds: float) -> None:
        """The source's pauses take no time."""
        self.at += seconds

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return MIDNIGHT + timedelta(seconds=self.at)

    def _enter(self) -> None:
        phase = min(int(self.at / DAY_S * len(self.phases)), len(self.phases) - 1)
        self.server.enter(self.phases[phase], self.crawls)

    def _settle(self) -> None:
        queue = SqliteQueue(self.state / QUEUE)
        try:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                depth = queue.depth()
                if depth.ready == depth.delayed == depth.in_flight == 0:
                    return
                time.sleep(0.01)
        finally:
            queue.close()


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    try:
        yield server
    finally:
        server.close()
