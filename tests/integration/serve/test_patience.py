"""HTTP connections that hold a place without a request: closed in time, and in nobody's way until then."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bowerbird.review.label.app import create_app as label_app
from bowerbird.review.label.session import open_session
from bowerbird.serve.connection_limits import ConnectionLimits
from bowerbird.serve.http.app import create_app
from bowerbird.serve.http.quotas import Limits
from tests.fakes import FakeStore
from tests.integration.label.place import fill
from tests.serving import running, service

# Long enough for a whole request on the busiest machine.
SHORT = ConnectionLimits(request_s=1.0)
UNFINISHED = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: "
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def everything(caller: socket.socket) -> bytes:
    """What the server says until it hangs up."""
    said = b""
    while True:
        try:
            piece = caller.recv(65536)
        except ConnectionError:
            return said
        if not piece:
            return said
        said += piece


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


@pytest.fixture
def label() -> Iterator[int]:
    store = FakeStore()
    fill(store)
    with running(label_app(open_session(store)), SHORT) as port:
        yield port


@pytest.mark.parametrize("start", [b"", b"G", UNFINISHED], ids=["nothing", "a letter", "no end"])
def test_an_unfinished_request_is_hung_up_on(start: bytes) -> None:
    with running(create_app(service()), SHORT) as port, closing(connected(port)) as caller:
        caller.sendall(start)
        assert everything(caller) == b""
        assert requests.get(f"http://127.0.0.1:{port}/health", timeout=20).status_code == 200


def test_label_hangs_up_too(label: int) -> None:
    with closing(connected(label)) as caller:
        caller.sendall(UNFINISHED)
        assert everything(caller) == b""


def test_headers_that_drip_are_not_given_more_time() -> None:
    stop = threading.Event()

    def drip(caller: socket.socket) -> None:
        try:
            while not stop.wait(0.05):
                caller.sendall(b"X-A: b\r\n")
        except OSError:
            pass

    with running(create_app(service()), SHORT) as port, closing(connected(port)) as caller:
        caller.sendall(b"GET /health HTTP/1.1\r\n")
        dripping = threading.Thread(target=drip, args=(caller,))
        dripping.start()
        assert everything(caller) == b""
        stop.set()
        dripping.join()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (HEALTH, UNFINISHED),
        (HEALTH, b""),
        # An early answer leaves a body that nobody reads.
        (b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", b"x" * 100),
    ],
    ids=["another request", "silence", "the body"],
)
def test_after_an_answer_the_time_starts_again(first: bytes, then: bytes) -> None:
    with running(create_app(service()), SHORT) as port, closing(connected(port)) as caller:
        caller.sendall(first)
        assert caller.recv(15).startswith(b"HTTP/1.1 ")
        caller.sendall(then)
        assert everything(caller).count(b"HTTP/1.1 ") == 0


def test_a_request_in_hand_has_the_time_that_its_body_has() -> None:
    with running(create_app(service()), SHORT) as port, closing(connected(port)) as caller:
        caller.sendall(
            b"POST /judge/raw HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
            b"Content-Length: 3\r\nConnection: close\r\n\r\nx"
        )
        threading.Event().wait(SHORT.request_s * 1.5)
        caller.sendall(b"yz")
        assert everything(caller).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("held", [b"", UNFINISHED], ids=["idle", "unfinished"])
def test_when_all_places_are_held_the_oldest_makes_room(held: bytes) -> None:
    patience = ConnectionLimits(request_s=60, connections=4)
    with running(create_app(service()), patience) as port, ExitStack() as stack:
        callers = [stack.enter_context(closing(connected(port))) for _ in range(12)]
        for caller in callers:
            caller.sendall(held)
        for _ in range(3):
            assert requests.get(f"http://127.0.0.1:{port}/health", timeout=20).status_code == 200
        assert [everything(caller) for caller in callers[:8]] == [b""] * 8


def test_an_answer_that_nobody_reads_is_thrown_away() -> None:
    size = 64 * 1024 * 1024
    left = threading.Event()

    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(bytes(size))(scope, receive, send)
        await receive()  # returns when the caller has gone
        left.set()

    with running(large, ConnectionLimits(unread_s=0.1)) as port, closing(connected(port)) as caller:
        caller.sendall(HEALTH)
        assert left.wait(20)
        assert len(everything(caller)) < size
    with running(large) as port:
        assert len(requests.get(f"http://127.0.0.1:{port}/", timeout=20).content) == size


def test_a_word_that_drips_is_sent_away_by_label() -> None:
    store = FakeStore()
    fill(store)
    with socket.create_server(("127.0.0.1", 0)) as free:
        own = free.getsockname()[1]
    app = label_app(open_session(store), Limits(idle_s=0.2))
    with running(app) as port, closing(connected(port)) as caller:
        here = f"http://127.0.0.1:{own}"
        caller.sendall(
            f"PUT /pictures/0/label HTTP/1.1\r\nHost: 127.0.0.1:{own}\r\nOrigin: {here}\r\n"
            "Connection: close\r\nContent-Length: 13\r\n\r\n{".encode()
        )
        said = everything(caller)
    assert said.startswith(b"HTTP/1.1 408")
    assert b"Nothing came for 0.2 seconds" in said
    assert not [key for key in store.objects if key.startswith("labels/")]
