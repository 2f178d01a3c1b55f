"""Plays Reddit's image hosts, imgur, flickr and the rest on one loopback port, told apart by Host header."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bowerbird.demo import previews
from bowerbird.demo.host_answers import Answer, Answers
from bowerbird.demo.pages import error_page, viewer_page
from bowerbird.demo.served_pictures import render, resized

_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"RIF": "image/webp"}
_HTML = "text/html; charset=utf-8"


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Run the server while the block runs; gives its address, for `HttpFetcher(gateway=…)`."""
    server = _Server(answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="recorded hour", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # sixteen downloads at once, and their previews

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that hangs up early. Any other error is a bug of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def first_time(self, url: str) -> bool:
        """Tell whether this is the first request for the URL. Hosts that recover fail only once."""
        with self._lock:
            self._asked[url] += 1
            return self._asked[url] == 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer as the host of the Host header would."""
        host = self.headers.get("Host", "").partition(":")[0].lower()
        path, _, query = self.path.partition("?")
        answer = self.server.answers.get(f"{host}{self.path}") or self.server.answers.get(f"{host}{path}")
        if answer is None:
            self._error(HTTPStatus.NOT_FOUND)
        elif host in previews.HOSTS:
            self._preview(host, query, answer)
        else:
            self._answer(host, answer)

    def _preview(self, host: str, query: str, answer: Answer) -> None:
        if not previews.is_signed(host, self.path) or answer.picture is None:
            self._error(HTTPStatus.FORBIDDEN)
            return
        webp = "auto=webp" in query and "image/webp" in self._accept()
        body = resized(answer.picture, previews.width_of(query), "WEBP" if webp else "JPEG")
        self._send(HTTPStatus.OK, body, _type(body))

    def _answer(self, host: str, answer: Answer) -> None:
        time.sleep(answer.delay_s)
        failing = (answer.busy or answer.cut == "transfer") and self.server.first_time(f"{host}{self.path}")
        if answer.busy and failing:
            self._error(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "1"})
        elif answer.location:
            self._send(answer.status, b"", _HTML, {"Location": answer.location})
        elif answer.picture is None:
            page = answer.page or error_page(answer.status, HTTPStatus(answer.status).phrase)
            self._send(answer.status, page.encode(), _HTML, answer.headers)
        elif host == "i.redd.it" and "text/html" in self._accept():
            self._send(HTTPStatus.OK, viewer_page(f"https://{host}{self.path}").encode(), _HTML)
        else:
            body = render(answer.picture)
            body = body[: len(body) // 2] if answer.cut == "file" else body
            self._send(answer.status, body, _type(body), answer.headers, broken=failing)

    def _accept(self) -> str:
        return str(self.headers.get("Accept", ""))

    def _error(self, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        self._send(status, error_page(status, status.phrase).encode(), _HTML, headers)

    def _send(
        self,
        status: int,
        body: bytes,
        content_type: str,
        headers: dict[str, str] | None = None,
        *,
        broken: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if broken else body)
        self.close_connection = self.close_connection or broken

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: the demo's own progress is on the terminal."""


def _type(body: bytes) -> str:
    return _TYPES[body[:3]]
