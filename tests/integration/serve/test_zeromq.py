"""The original filter server's protocol, spoken by an unmodified client."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import zmq
from numpy.typing import NDArray
from PIL import Image

from bowerbird.errors import UsageError
from functions.filter.http.raw import PICTURE_BYTES
from infra.local.serve.zeromq import serving
from tests.serving import service

GREEN, BLACK = (0, 250, 0), (0, 0, 0)


def batch(*colours: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.stack([np.full((512, 512, 3), colour, np.uint8) for colour in colours])


def keep(image: Image.Image) -> bool:
    return service().judges.plain.array("", image).verdict.keep


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


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1", "tcp://192.0.2.1:7777"])
def test_an_address_that_cannot_be_is_wrong_usage(address: str) -> None:
    with pytest.raises(UsageError, match="--zmq"), serving(address, keep, cores=1):
        pass


def test_without_pyzmq_the_error_says_what_to_install() -> None:
    modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "zmq"}
    sys.modules.update(dict.fromkeys(modules))  # type: ignore[arg-type]  # None: what import takes for absent
    try:
        with (
            pytest.raises(UsageError, match=r"pip install bowerbird\[zmq\]"),
            serving("tcp://127.0.0.1:*", keep, cores=1),
        ):
            pass
    finally:
        sys.modules.update(modules)
