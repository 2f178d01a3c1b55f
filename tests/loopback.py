"""A loopback server that plays any host: the `--gateway` of tests."""

from __future__ import annotations

import http.server
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# (host, path with query) → (status, content type, body)
Answer = tuple[int, str, bytes]


@dataclass
class Loopback:
    """A running server; `asked` counts requests by host and path."""

    url: str
    asked: Counter[str] = field(default_factory=Counter)


class Handler(http.server.BaseHTTPRequestHandler):
    """One that tells nobody of what it is asked."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(handler: type[Handler]) -> Iterator[str]:
    """Serve on 127.0.0.1 until the block ends; gives the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    # Asked often whether it shall end: by default a server is found out half a second late.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def loopback(answer: Callable[[str, str], Answer]) -> Iterator[Loopback]:
    """Serve on 127.0.0.1 until the block ends."""

    class Answering(Handler):
        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            running.asked[host + self.path] += 1
            status, content_type, body = answer(host, self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    running = Loopback("")
    with serving(Answering) as running.url:
        yield running
