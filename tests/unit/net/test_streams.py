"""Streams over real sockets; what is read of one is in tests/integration/sources/test_bluesky_stream.py."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from bowerbird.core.errors import BowerbirdError, PermanentError, RetryableError, UsageError
from bowerbird.net import Limits, WebSockets
from bowerbird.net.streams import MAX_MESSAGE_BYTES
from tests.unit.net.certificates import certificate

Play = Callable[[ServerConnection], object]


@contextmanager
def playing(
    play: Play, seen: list[Request] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """A server on loopback; gives its port."""

    def handle(connection: ServerConnection) -> None:
        try:
            play(connection)
        except ConnectionClosed:
            return

    def note(_: ServerConnection, request: Request) -> Response | None:
        if seen is not None:
            seen.append(request)
        return None

    options = {"process_request": note, "ping_interval": None, "close_timeout": 0.1, "ssl": tls}
    server = serve(handle, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.socket.getsockname()[1]
    finally:
        server.shutdown()
        thread.join()


def streams(**options: object) -> WebSockets:
    return WebSockets(user_agent="linux:test:1", allow_loopback=True, **options)  # type: ignore[arg-type]


def test_a_name_is_resolved_once_and_its_address_connected_to() -> None:
    seen: list[Request] = []
    asked: list[str] = []

    def resolver(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with (
        playing(lambda connection: connection.send("hello"), seen) as port,
        streams(resolver=resolver, limits=Limits(ports=frozenset({port}))).open(
            f"ws://stream.example:{port}/subscribe?x=1"
        ) as stream,
    ):
        assert stream.receive(60) == "hello"
        assert stream.date == pytest.approx(time.time(), abs=60)
    assert asked == ["stream.example"]
    assert seen[0].path == "/subscribe?x=1"
    assert seen[0].headers["Host"] == f"stream.example:{port}"
    assert seen[0].headers["User-Agent"] == "linux:test:1"


def test_nothing_in_time_is_none_and_so_is_the_end() -> None:
    done = threading.Event()
    with (
        playing(lambda _: done.wait(60)) as port,
        streams().open(f"ws://127.0.0.1:{port}/") as stream,
    ):
        assert stream.receive(0.01) is None
        done.set()
        assert stream.receive(60) is None


@pytest.mark.parametrize(
    ("play", "kind", "words"),
    [
        (lambda connection: connection.close(1012, "restarting"), RetryableError, "restarting"),
        (lambda connection: connection.close(1001), RetryableError, "ended the stream"),
        (lambda connection: connection.socket.close(), RetryableError, "ended the stream"),
        (
            lambda connection: connection.send("x" * (MAX_MESSAGE_BYTES + 1)),
            PermanentError,
            f"^too-large: .* more than {MAX_MESSAGE_BYTES} bytes",
        ),
        (lambda connection: connection.socket.sendall(b"\xff" * 100), RetryableError, "ended the stream"),
    ],
)
def test_the_end_of_a_stream_says_why(play: Play, kind: type[BowerbirdError], words: str) -> None:
    with (
        playing(play) as port,
        streams().open(f"ws://127.0.0.1:{port}/") as stream,
        pytest.raises(kind, match=words),
    ):
        stream.receive(60)


def test_a_bomb_is_not_unpacked() -> None:
    """Compressed it is a kilobyte."""
    with (
        playing(lambda connection: connection.send("x" * 50_000_000)) as port,
        streams().open(f"ws://127.0.0.1:{port}/") as stream,
        pytest.raises(PermanentError, match="too-large"),
    ):
        stream.receive(60)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ("403 Forbidden", PermanentError, "forbidden: .* answered 403"),
        ("404 Not Found", PermanentError, "gone: .* answered 404"),
        ("400 Bad Request", PermanentError, "status: .* answered 400"),
        ("503 Busy\r\nRetry-After: 7", RetryableError, "busy: .* answered 503"),
        ("429 Slow\r\nRetry-After: soon", RetryableError, "busy: .* answered 429"),
        ("302 Found\r\nLocation: wss://10.0.0.1/x", PermanentError, "redirects: "),
        ("302 Found\r\nLocation: http://[", PermanentError, "redirects: "),
        ("200 OK", PermanentError, "status: .* answered 200"),
        ("101 Switching Protocols\r\nUpgrade: websocket", RetryableError, "does not speak WebSocket"),
        ("999", RetryableError, "network: "),
    ],
)
def test_a_handshake_that_fails_says_why(answer: str, kind: type[BowerbirdError], words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=refuse)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(kind, match=words) as caught, streams().open(f"ws://127.0.0.1:{port}/"):
            pass
        thread.join()
    if "Retry-After: 7" in answer:
        assert isinstance(caught.value, RetryableError)
        assert caught.value.retry_after_s == 7


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        quick = streams(limits=Limits(read_s=0.2))
        with pytest.raises(RetryableError, match="timeout"), quick.open(f"ws://127.0.0.1:{port}/"):
            pass


@pytest.mark.parametrize(
    ("url", "address", "words"),
    [
        ("https://stream.example/", "93.184.216.34", "scheme 'https'"),
        ("ws://stream.example/", "93.184.216.34", "TLS only"),
        ("wss://stream.example:8443/", "93.184.216.34", "port 8443"),
        ("wss://user@stream.example/", "93.184.216.34", "credentials"),
        ("wss://stream.example/", "10.0.0.1", "private"),
        ("wss://stream.example/", "169.254.169.254", "cloud metadata"),
        ("wss://stream.example/", "127.0.0.1", "loopback"),
        ("wss://127.0.0.1/", "127.0.0.1", "loopback"),
        ("wss://stream.local/", "93.184.216.34", "local name"),
        ("wss://[::1]/", "::1", "loopback"),
    ],
)
def test_what_is_not_the_public_internet_is_refused(url: str, address: str, words: str) -> None:
    guarded = WebSockets(user_agent="t", resolver=lambda _: [address])
    with pytest.raises(PermanentError, match=f"refused: .*{words}"), guarded.open(url):
        pass


def test_a_gateway_gets_every_stream_in_plain() -> None:
    seen: list[Request] = []
    with playing(lambda connection: connection.send("hello"), seen) as port:
        rig = WebSockets(user_agent="t", gateway=f"http://127.0.0.1:{port}")
        with rig.open("wss://stream.example/subscribe") as stream:
            assert stream.receive(60) == "hello"
    assert seen[0].headers["Host"] == "stream.example"


def test_a_gateway_that_is_none_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="gateway"):
        WebSockets(user_agent="t", gateway="nowhere")


def test_tls_asks_for_and_verifies_the_name_not_the_address(tmp_path: Path) -> None:
    pem = certificate(tmp_path, "stream.example.com")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    trusting = ssl.create_default_context(cafile=pem)
    with playing(lambda connection: connection.send("hello"), tls=context) as port:
        limits = Limits(ports=frozenset({port}))
        trusted = streams(resolver=lambda _: ["127.0.0.1"], limits=limits, tls=trusting)
        with trusted.open(f"wss://stream.example.com:{port}/") as stream:
            assert stream.receive(60) == "hello"
        with pytest.raises(RetryableError, match="verify failed"):
            trusted.open(f"wss://other.example.com:{port}/").__enter__()
        stranger = streams(resolver=lambda _: ["127.0.0.1"], limits=limits)
        with pytest.raises(RetryableError, match="verify failed"):
            stranger.open(f"wss://stream.example.com:{port}/").__enter__()
