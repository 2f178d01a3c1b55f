"""A proxy before an AWS server that refuses when told to, as AWS does when it is asked too much or is ill."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
REFUSALS = {
    500: b"<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>",
    503: b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>",
}


@dataclass
class Proxy:
    """A running proxy. `refuses` is asked before, `passed` told after each request: (method, path).

    `refuses` gives the status to refuse with, or 0. A ConnectionError of either ends the connection instead
    of an answer.
    """

    url: str = ""
    refuses: Callable[[str, str], int] = lambda _method, _path: 0
    passed: Callable[[str, str], None] = lambda _method, _path: None


@contextmanager
def proxy_before(upstream: str) -> Iterator[Proxy]:
    """Pass every request on as it is, Host header and signature included."""
    proxy = Proxy()
    address = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if status := proxy.refuses(self.command, self.path):
                self.answer(status, {"Content-Type": "application/xml"}, REFUSALS[status])
                return
            connection = HTTPConnection(address, timeout=60)
            connection.request(self.command, self.path, body, dict(self.headers))
            response = connection.getresponse()
            data = response.read()
            connection.close()
            proxy.passed(self.command, self.path)
            self.answer(response.status, dict(response.headers), data)

        def answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
            self.send_response(status)
            length = headers.get("Content-Length") if self.command == "HEAD" else None
            for name, value in headers.items():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", length or str(len(data)))
            with suppress(ConnectionError):  # who asked may have been killed
                self.end_headers()
                self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
