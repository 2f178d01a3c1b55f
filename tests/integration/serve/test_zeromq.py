"""The original filter server's protocol, spoken by an unmodified client."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
import zmq
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.errors import UsageError
from bowerbird.serve.http.quotas import Limits
from bowerbird.serve.http.raw import PICTURE_BYTES
from bowerbird.serve.zeromq import Door, serving
from tests.memory import forget_peak, peak
from tests.serving import service

GREEN, BLACK = (0, 250, 0), (0, 0, 0)


def batch(*colours: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.stack([np.full((512, 512, 3), colour, np.uint8) for colour in colours])


def keep(image: Image.Image) -> bool:
    return service().judges.plain.array("", image).keep


@contextmanager
def client(address: str, kind: int = zmq.REQ) -> Iterator[zmq.Socket[bytes]]:
    with zmq.Context() as context, context.socket(kind) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RCVTIMEO, 20_000)
        socket.connect(address)
        yield socket


@pytest.fixture
def address() -> Iterator[str]:
    with serving("tcp://127.0.0.1:*", keep, cores=2) as found:
        yield found


@pytest.mark.parametrize(
    ("colours", "good"),
    [([GREEN, BLACK, GREEN], [0, 2]), ([BLACK], []), ([GREEN] * 9, list(range(9)))],
)
def test_the_original_clients_exchange(
    address: str, colours: list[tuple[int, int, int]], good: list[int]
) -> None:
    with client(address) as socket:
        socket.send(batch(*colours).tobytes())
        reply = np.frombuffer(socket.recv(), dtype=np.int32)
    assert reply.tolist() == good


MALFORMED = [[b""], [b"x"], [bytes(PICTURE_BYTES + 1)], [b"", b""], [bytes(PICTURE_BYTES), b"more"]]


@pytest.mark.parametrize("frames", MALFORMED, ids=lambda frames: str([len(frame) for frame in frames]))
def test_a_malformed_request_is_answered_and_logged_and_the_next_one_served(
    address: str, frames: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with client(address) as socket:
        socket.send_multipart(frames)
        assert socket.recv() == b""
        assert "malformed request" in caplog.text
        socket.send(batch(GREEN).tobytes())
        assert np.frombuffer(socket.recv(), np.int32).tolist() == [0]


@pytest.mark.parametrize("frames", [[b""], [b"no envelope"], [b"", b"an envelope", b"and more"]])
def test_a_socket_of_another_kind_is_answered_too(address: str, frames: list[bytes]) -> None:
    with client(address, zmq.DEALER) as socket:
        socket.send_multipart(frames)
        assert socket.recv_multipart()[-1] == b""


def test_a_message_larger_than_any_batch_costs_its_sender_the_connection_and_nobody_else(
    address: str,
) -> None:
    with client(address) as greedy, client(address) as modest:
        greedy.send(bytes(257 * PICTURE_BYTES))
        modest.send(batch(GREEN).tobytes())
        assert np.frombuffer(modest.recv(), np.int32).tolist() == [0]


def test_many_clients_are_served_and_one_that_leaves_stops_nobody(address: str) -> None:
    def ask(number: int) -> list[int]:
        with client(address) as socket:
            socket.send(batch(BLACK, GREEN).tobytes())
            if number % 4 == 0:
                return [1]  # gone without waiting
            return list(np.frombuffer(socket.recv(), np.int32).tolist())

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(ask, range(24))) == [[1]] * 24


def test_a_failing_judge_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_image: Image.Image) -> bool:
        raise ZeroDivisionError("division by zero")

    with serving("tcp://127.0.0.1:*", broken, cores=1) as address, client(address) as socket:
        socket.send(batch(GREEN).tobytes())
        assert socket.recv() == b""
    assert "could not be judged" in caplog.text


def test_stopping_answers_the_request_in_hand_first() -> None:
    started, go = threading.Event(), threading.Event()

    def slow(_image: Image.Image) -> bool:
        started.set()
        return go.wait(20)

    server = serving("tcp://127.0.0.1:*", slow, cores=1)
    with client(server.__enter__()) as socket:
        socket.send(batch(GREEN).tobytes())
        assert started.wait(10)
        stopping = threading.Thread(target=server.__exit__, args=(None, None, None))
        stopping.start()
        go.set()
        assert np.frombuffer(socket.recv(), np.int32).tolist() == [0]
        stopping.join(20)
        assert not stopping.is_alive()


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "tcp://127.0.0.1",
        "tcp://192.0.2.1:7777",
        "tcp://127.0.0.1:99999",
        "tcp://:7777",
        "ipc:///no/such/folder/x",
        "ipc://" + "x" * 200,
    ],
)
def test_an_address_that_cannot_be_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="--zmq"), serving(address, keep, cores=1):
        pass


def test_it_listens_at_a_path_too_and_leaves_nothing_there(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    for _ in range(2):
        with serving(f"ipc://{path}", keep, cores=1) as address, client(address) as ours:
            ours.send(batch(GREEN).tobytes())
            assert np.frombuffer(ours.recv(), np.int32).tolist() == [0]
    assert not path.exists()


def test_what_a_proxy_or_a_correlating_client_puts_before_a_message_comes_back(address: str) -> None:
    with client(address, zmq.DEALER) as ours:
        ours.send_multipart([b"route", b"7", b"", batch(GREEN).tobytes()])
        assert ours.recv_multipart() == [b"route", b"7", b"", np.int32(0).tobytes()]
    with client(address) as ours:
        ours.setsockopt(zmq.REQ_CORRELATE, 1)
        ours.setsockopt(zmq.REQ_RELAXED, 1)
        ours.send(batch(BLACK, GREEN).tobytes())
        assert np.frombuffer(ours.recv(), np.int32).tolist() == [1]


def test_heartbeats_are_answered_while_a_batch_is_judged() -> None:
    go = threading.Event()

    def slow(_image: Image.Image) -> bool:
        return go.wait(20)

    with serving("tcp://127.0.0.1:*", slow, cores=1) as address, shaken(address) as peer:
        peer.sendall(b"\x01\0" + long_frame(0, PICTURE_BYTES) + bytes(PICTURE_BYTES))
        peer.sendall(b"\x04\x0a\x04PING\0\x05abc")
        assert exactly(peer, 10) == b"\x04\x08\x04PONGabc"
        go.set()
        assert exactly(peer, 8) == b"\x01\0\0\x04" + np.int32(0).tobytes()


SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
GREETING = SIGNATURE + b"\x03\0" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER"


def connected(address: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=20)


@contextmanager
def shaken(address: str) -> Iterator[socket.socket]:
    """A raw connection that has said hello."""
    with connected(address) as peer:
        peer.sendall(GREETING + bytes([4, len(READY)]) + READY)
        assert exactly(peer, 10) == SIGNATURE
        exactly(peer, 54 + 2 + len(READY))
        yield peer


def exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = peer.recv(size - len(data))
        assert piece, "the server hung up"
        data += piece
    return data


def hung_up(peer: socket.socket) -> bool:
    """Wait until it is so; whatever is said before is not looked at."""
    try:
        while peer.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def long_frame(flags: int, size: int) -> bytes:
    return bytes([flags | 2]) + struct.pack(">Q", size)


MORE, COMMAND = 1, 4
MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("start", "repeated", "reason"),
    [
        (b"", long_frame(MORE, 50 * MEGABYTE) + bytes(50 * MEGABYTE), "larger than 256"),
        (b"", b"\x01\0", "too many frames"),
        (b"", b"\x01\x05abcde", "too many frames"),
        (b"", long_frame(0, 257 * PICTURE_BYTES), "larger than 256"),
        (b"", long_frame(MORE, 2**63), "larger than 256"),
        (b"\x01\0", long_frame(0, 2**64 - 1), "larger than 256"),
        (b"", long_frame(COMMAND, 5000), "a command of 5000 bytes"),
        (b"", b"\x05\0", "no known kind"),
        (b"", b"\x08\0", "no known kind"),
        (b"\x01\0", b"\x04\x01x", "a command inside a message"),
    ],
    ids=["50 MB", "empty", "short", "257", "2^63", "2^64", "command", "kind 5", "kind 8", "inside"],
)
def test_a_peer_is_dropped_at_the_first_frame_that_is_too_much(
    address: str, start: bytes, repeated: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = forget_peak()
    with shaken(address) as peer:
        peer.sendall(start)
        with contextlib.suppress(ConnectionError):
            for _ in range(60):
                peer.sendall(repeated)
        assert hung_up(peer)
    assert peak() - before < 20 * MEGABYTE
    assert reason in caplog.text
    with client(address) as good:
        good.send(batch(GREEN).tobytes())
        assert np.frombuffer(good.recv(), np.int32).tolist() == [0]


HTTP = b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 52428800\r\n\r\n" + b"\x01" * 1024


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (HTTP, "does not speak"),
        (b"GET / HTTP/1.0\r\n\r\n", "does not speak"),
        (b"\x01" * 64, "does not speak"),
        (SIGNATURE + b"\x01\x03", "did not come in time"),
        (SIGNATURE + b"\x01" + bytes(53), "an older version"),
        (SIGNATURE + b"\x03\0" + b"CURVE".ljust(20, b"\0") + bytes(32), "wants encryption"),
        (GREETING + b"\0\x05hello", "did not say that it is ready"),
        (GREETING + b"\x04\x06\x05ERROR", "did not say that it is ready"),
        (GREETING + long_frame(COMMAND, 2**40), "a command of 1099511627776 bytes"),
        (GREETING, "did not come in time"),
        (b"", "did not come in time"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_who_speaks_something_else_or_nothing_is_sent_away(
    said: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    door = Door(Limits(idle_s=0.3)) if "in time" in reason else Door()
    with serving("tcp://127.0.0.1:*", keep, cores=1, door=door) as address, connected(address) as peer:
        peer.sendall(said)
        assert hung_up(peer)
    assert reason in caplog.text


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(idle_s=1), "nothing came for 1 seconds"),
        (Limits(grace_s=0.2, min_rate=1e6), "too slowly"),
        (Limits(total_s=0.2), "took more than 0.2 seconds"),
    ],
)
@pytest.mark.parametrize("start", [b"\x01", long_frame(0, PICTURE_BYTES)], ids=["head", "body"])
def test_a_message_that_drips_costs_its_sender_the_connection(
    limits: Limits, reason: str, start: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()

    def drip(peer: socket.socket) -> None:
        try:
            while len(start) > 1 and limits.idle_s > 1 and not stop.wait(0.05):
                peer.sendall(b"x")
        except OSError:
            pass

    if len(start) == 1:
        limits, reason = Limits(idle_s=1), "nothing came for 1 seconds"
    door = Door(limits)
    with serving("tcp://127.0.0.1:*", keep, cores=1, door=door) as address, shaken(address) as peer:
        peer.sendall(start)
        dripping = threading.Thread(target=drip, args=(peer,))
        dripping.start()
        assert hung_up(peer)
        stop.set()
        dripping.join()
    assert reason in caplog.text


def test_idle_peers_make_room_for_those_who_come_and_lose_nothing_by_it() -> None:
    door = Door(capacity=3, rest_s=0.1)
    with (
        serving("tcp://127.0.0.1:*", keep, cores=1, door=door) as address,
        ExitStack() as stack,
        client(address) as early,
    ):
        early.send(batch(GREEN).tobytes())
        assert np.frombuffer(early.recv(), np.int32).tolist() == [0]
        idle = [stack.enter_context(shaken(address)) for _ in range(2)]
        with client(address) as late:
            late.send(batch(BLACK, GREEN).tobytes())
            assert np.frombuffer(late.recv(), np.int32).tolist() == [1]
            assert hung_up(idle[0]) or hung_up(idle[1])
            early.send(batch(GREEN).tobytes())
            assert np.frombuffer(early.recv(), np.int32).tolist() == [0]


def test_more_clients_at_once_than_there_are_places_are_all_served() -> None:
    def ask(_number: int) -> list[int]:
        with client(address) as ours:
            ours.send(batch(BLACK, GREEN).tobytes())
            return list(np.frombuffer(ours.recv(), np.int32).tolist())

    with (
        serving("tcp://127.0.0.1:*", keep, cores=2, door=Door(capacity=4, rest_s=60)) as address,
        ThreadPoolExecutor(16) as pool,
    ):
        assert list(pool.map(ask, range(16))) == [[1]] * 16


def test_a_batch_is_judged_while_it_arrives_and_never_held() -> None:
    pictures = 128
    with serving("tcp://127.0.0.1:*", lambda _image: True, cores=2) as address, shaken(address) as peer:
        piece = bytes(PICTURE_BYTES)
        before = forget_peak()
        peer.sendall(b"\x01\0" + long_frame(0, pictures * PICTURE_BYTES))
        for _ in range(pictures):
            peer.sendall(piece)
        assert exactly(peer, 2) == b"\x01\0"
        assert exactly(peer, 9) == long_frame(0, 4 * pictures)
        assert np.frombuffer(exactly(peer, 4 * pictures), np.int32).tolist() == list(range(pictures))
        assert peak() - before < pictures * PICTURE_BYTES / 4
