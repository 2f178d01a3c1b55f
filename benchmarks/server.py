"""The hosts of the pictures, on loopback; it counts what it could send."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file with its media type, and the WebP that the host sends in its place to whoever accepts it."""

    data: bytes
    type: str = "image/jpeg"
    webp: bytes | None = None


class Hosts(ThreadingHTTPServer):
    """Serves files by `host/path`, also to who asks itself for `/host/path`.

    `sent` counts the bytes of bodies that it has handed to the kernel, by file. It waits `delay_s` seconds
    before it answers. Its send buffer is small. So when a client hangs up, `sent` hardly counts bytes that
    the client never read.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, files: Mapping[str, File], delay_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _CHUNK)
        self.files = files
        self.delay_s = delay_s
        self.sent: Counter[str] = Counter()
        self.answered = 0
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has seen enough hangs up; that is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hosts

    def do_HEAD(self) -> bytes:
        time.sleep(self.server.delay_s)
        with self.server.lock:
            self.server.answered += 1
        file = self.server.files.get(self._name())
        webp = file.webp if file and "image/webp" in self.headers.get("Accept", "") else None
        body = webp or (file.data if file else b"")
        self.send_response(200 if file else 404)
        self.send_header("Content-Type", "image/webp" if webp else file.type if file else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def do_GET(self) -> None:
        body, name = self.do_HEAD(), self._name()
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            self.wfile.write(chunk)
            with self.server.lock:
                self.server.sent[name] += len(chunk)

    def _name(self) -> str:
        host = self.headers.get("Host", "")
        return self.path[1:] if host.startswith("127.0.0.1") else f"{host}{self.path}"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(files: Mapping[str, File], *, delay_s: float = 0.0) -> Iterator[Hosts]:
    """Serve until the block ends."""
    server = Hosts(files, delay_s)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
