"""A server that says exactly what a test tells it to, byte by byte, however wrong."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from bowerbird.net import HttpFetcher, Limits

#: What comes at all comes in time, on the busiest machine.
PATIENT = Limits(connect_s=60, read_s=60, total_s=120)

Script = Callable[[socket.socket, str], None]


@dataclass
class RawServer:
    """Accepts connections on loopback, reads one request each, and hands the socket to `script`."""

    script: Script
    tls: ssl.SSLContext | None = None
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path: str = "/picture.jpg", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def close(self) -> None:
        # Wakes accept(), which close() alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    data = connection.recv(65536)
                    if not data:
                        return
                    request += data
                self.requests.append(request.decode("latin-1"))
                self.script(connection, self.requests[-1])
        except OSError:
            return  # the client has seen enough, or does not trust the certificate


def says(*parts: str | bytes) -> Script:
    """A script that sends these parts and hangs up."""

    def script(connection: socket.socket, _: str) -> None:
        for part in parts:
            connection.sendall(part.encode() if isinstance(part, str) else part)

    return script


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Starts a server for a script, or for the parts of one answer."""
    servers: list[RawServer] = []

    def start(*script: Script | str | bytes, tls: ssl.SSLContext | None = None) -> RawServer:
        first = script[0]
        server = RawServer(first if callable(first) else says(*script), tls)  # type: ignore[arg-type]
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def rig() -> Iterator[Callable[..., HttpFetcher]]:
    """Makes fetchers that may reach loopback, with limits short enough for a test."""
    fetchers: list[HttpFetcher] = []

    def make(limits: Limits | None = None, **kwargs: object) -> HttpFetcher:
        fetcher = HttpFetcher(
            user_agent="bowerbird-test/1 (+https://example.org)",
            limits=limits or PATIENT,
            allow_loopback=True,
            **kwargs,  # type: ignore[arg-type]
        )
        fetchers.append(fetcher)
        return fetcher

    yield make
    for fetcher in fetchers:
        fetcher.close()
