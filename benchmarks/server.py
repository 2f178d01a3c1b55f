"""The hosts of the pictures, on loopback; it counts what it could send."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_CHUNK = 16 * 1024


class Hosts(ThreadingHTTPServer):
    """Serves files by `host/path`. `sent` counts the bytes of bodies that it has handed to the kernel.

    It waits `delay_s` seconds before it answers. Its send buffer is small. So when a client hangs up, `sent`
    hardly counts bytes that the client never read.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, files: Mapping[str, bytes], delay_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _CHUNK)
        self.files = files
        self.delay_s = delay_s
        self.sent = self.answered = 0
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
        body = self.server.files.get(f"{self.headers.get('Host', '')}{self.path}")
        self.send_response(404 if body is None else 200)
        body = body or b""
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def do_GET(self) -> None:
        body = self.do_HEAD()
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            self.wfile.write(chunk)
            with self.server.lock:
                self.server.sent += len(chunk)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(files: Mapping[str, bytes], *, delay_s: float = 0.0) -> Iterator[Hosts]:
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
