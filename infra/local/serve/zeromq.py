"""The protocol of anti_sus, the original filter server, so that its clients need no change.

A client's REQ socket sends one frame, N x 512 x 512 x 3 bytes of RGB; the reply is one frame with the indices
of the good pictures as int32 in this machine's order, nothing when none is good.
Source: https://github.com/qwertyforce/anti_sus
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np
from PIL import Image

from bowerbird.errors import UsageError
from functions.filter.http.raw import PICTURE_BYTES, picture

Keep = Callable[[Image.Image], bool]

# nomad sends 64 pictures; libzmq buffers a whole message before it shows it, and hangs up on a larger one.
MAX_PICTURES: Final = 256
# One request waits for each client, which is all that a REQ socket can send.
_WAITING: Final = 1
_POLL_MS: Final = 200
_LINGER_MS: Final = 1000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ZmqFilter:
    """Answers requests one after another, the pictures of each side by side.

    A ROUTER socket takes turns between clients, and drops the reply of one that has gone; a REP socket of
    the original waited for it, and the process had to be started again.
    """

    keep: Keep
    cores: int

    def serve(self, socket: Any, stop: threading.Event) -> None:
        """Answer on a bound ROUTER socket until told to stop; the request in hand is answered first."""
        with ThreadPoolExecutor(self.cores, thread_name_prefix="zmq") as pool:
            while not stop.is_set():
                if socket.poll(_POLL_MS):
                    self._answer(socket, pool)

    def _answer(self, socket: Any, pool: ThreadPoolExecutor) -> None:
        frames = socket.recv_multipart()
        # A REQ socket puts an empty frame between its identity and the message; others may not.
        envelope = frames[:2] if frames[1:2] == [b""] else frames[:1]
        socket.send_multipart([*envelope, self._reply(frames[len(envelope) :], pool)])

    def _reply(self, message: list[bytes], pool: ThreadPoolExecutor) -> bytes:
        if len(message) != 1 or not message[0] or len(message[0]) % PICTURE_BYTES:
            sizes = [len(frame) for frame in message]
            _log.warning(
                "malformed request: frames of %s bytes, one of N x %s was expected", sizes, PICTURE_BYTES
            )
            return b""
        batch, starts = memoryview(message[0]), range(0, len(message[0]), PICTURE_BYTES)

        def judge(start: int) -> bool:
            return self.keep(picture(batch[start : start + PICTURE_BYTES]))

        try:
            good = [index for index, keep in enumerate(pool.map(judge, starts)) if keep]
        except Exception:  # noqa: BLE001 - the protocol has no word for an error, and a client must not wait
            _log.exception("a request could not be judged; its client is told that nothing is good")
            return b""
        return np.asarray(good, np.int32).tobytes()


@contextmanager
def serving(address: str, keep: Keep, cores: int) -> Iterator[str]:
    """Serve in a thread until the block ends; yields the address it listens on.

    Raises:
        UsageError: pyzmq is not installed, or the address cannot be listened on.
    """
    zmq = _import_zmq()
    context = zmq.Context()
    try:
        socket = _bind(zmq, context, address)
        stop = threading.Event()
        thread = threading.Thread(target=ZmqFilter(keep, cores).serve, args=(socket, stop), name="zmq")
        thread.start()
        try:
            yield socket.getsockopt_string(zmq.LAST_ENDPOINT)
        finally:
            stop.set()
            thread.join()
            socket.close()
    finally:
        context.term()


def _bind(zmq: ModuleType, context: Any, address: str) -> Any:
    socket = context.socket(zmq.ROUTER)
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_PICTURES * PICTURE_BYTES)
    socket.setsockopt(zmq.RCVHWM, _WAITING)
    socket.setsockopt(zmq.LINGER, _LINGER_MS)
    try:
        socket.bind(address)
    except zmq.ZMQError as error:
        socket.close()
        raise UsageError(f"--zmq {address}: {error}; write an address such as tcp://127.0.0.1:7777") from None
    return socket


def _import_zmq() -> ModuleType:
    try:
        import zmq  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise UsageError("--zmq needs pyzmq: pip install bowerbird[zmq]") from None
    return zmq
