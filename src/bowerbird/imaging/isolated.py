"""Decodes pictures in another process, so that a crash, a hang or a bomb costs one picture, not the worker.

It uses plain pipes and subprocess. Lambda has no /dev/shm, and so no semaphores for multiprocessing. The
child has an address-space limit and a CPU limit. It cannot write files, and it has none of our environment,
so no credentials either. This is a bulkhead against bugs in decoders. It is no sandbox against code that
already runs in one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import threading
from types import TracebackType
from typing import Any, Final, Protocol, Self

from PIL import Image

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.reasons import Word
from bowerbird.imaging.exchange import receive, send
from bowerbird.imaging.header import MAX_PIXELS, ImageInfo
from bowerbird.imaging.pixels import UNFINISHED

#: What one decode may take (pixels.MAX_DECODE_BYTES), with the file, the answer and Python itself.
MEMORY_BYTES: Final = 1 << 30

#: Seconds for one picture. The slowest that is accepted, a progressive JPEG of 81 megapixels, takes 8 s on a
#: busy core.
SECONDS: Final = 20.0


# A picture of 512 pixels a side fits: one change of process instead of one every 64 KiB.
_PIPE_BYTES: Final = 1 << 20


# Pillow keeps pixels in blocks of up to 16 MiB. By default, malloc asks the kernel for each of them and gives
# it back; the kernel's zeroes are half of what a decode of 4 megapixels takes. A worker keeps up to 4 MiB
# instead, which is what a preview takes. With 64 MiB it held for good what one large PNG had taken. Source:
# mallopt(3). Other C libraries pass these names over.
_MALLOC: Final = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(4 << 20),
}


class Decoder(Protocol):
    """Looks into images: this module's `IsolatedDecoder`, or the package `bowerbird.imaging` itself."""

    def inspect(self, data: bytes) -> ImageInfo:
        """See `bowerbird.imaging.inspect`."""
        ...

    def decode(self, data: bytes, *, min_side: int | None = None) -> Image.Image:
        """See `bowerbird.imaging.decode`."""
        ...

    def read(self, data: bytes, *, min_side: int | None = None) -> tuple[ImageInfo, Image.Image]:
        """See `bowerbird.imaging.read`."""
        ...


class IsolatedDecoder:
    """Keeps worker processes and hands each picture to an idle one; safe to share between threads.

    It raises what `bowerbird.imaging` does. When a picture took its worker down, it raises a PermanentError
    that says `hang: …` or `crash: …`.

    Args:
        workers: the most processes at once; callers beyond that wait. An idle one has 10 MB, and up to 20 MB
            after large pictures.
        seconds: wall-clock, and processor, time for one picture.
        memory_bytes: address space of one worker.
    """

    def __init__(
        self, *, workers: int = 1, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._free = threading.Semaphore(workers)
        self._idle: list[subprocess.Popen[bytes]] = []  # append and pop are atomic

    def inspect(self, data: bytes) -> ImageInfo:
        """Read the header; see `bowerbird.imaging.inspect`."""
        with self._free:
            answer, _ = self._ask({"do": "inspect"}, data)
        return ImageInfo(**answer["info"])

    def decode(self, data: bytes, *, min_side: int | None = None) -> Image.Image:
        """Decode to RGB; see `bowerbird.imaging.decode`."""
        return self.read(data, min_side=min_side)[1]

    def read(self, data: bytes, *, min_side: int | None = None) -> tuple[ImageInfo, Image.Image]:
        """Read the header and decode to RGB; see `bowerbird.imaging.read`."""
        with self._free:
            answer, pixels = self._ask({"do": "decode", "min_side": min_side}, data)
        width, height = answer["size"]
        image = Image.frombuffer("RGB", (width, height), pixels, "raw", "RGB", 0, 1)
        image.info = {UNFINISHED: True} if answer[UNFINISHED] else {}
        return ImageInfo(**answer["info"]), image

    def close(self) -> None:
        """End the workers that are idle; the others end with their picture."""
        while self._idle:
            _end(self._idle.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        worker = self._take()
        late = threading.Event()

        def give_up() -> None:
            late.set()
            worker.kill()

        timer = threading.Timer(self._seconds, give_up)
        timer.start()
        try:
            assert worker.stdin is not None  # noqa: S101 - both are pipes, see _start
            assert worker.stdout is not None  # noqa: S101
            send(worker.stdin, request, data)
            answer, pixels = receive(worker.stdout, max_body=3 * MAX_PIXELS)
        except (OSError, EOFError, ValueError):
            _end(worker)
            if late.is_set():
                detail, word = f"the decoder took longer than {self._seconds:g} s", Word.HANG
            else:
                detail, word = f"the decoder died ({_cause(worker.returncode)})", Word.CRASH
            raise PermanentError(detail, word) from None
        except BaseException:  # Ctrl-C in the middle of an answer: the next one must not read its rest
            _end(worker)
            raise
        finally:
            timer.cancel()
        self._idle.append(worker)
        if "error" in answer:
            raise PermanentError(answer["error"], Word(answer["word"]) if answer["word"] else None)
        return answer, pixels

    def _take(self) -> subprocess.Popen[bytes]:
        while True:
            try:
                worker = self._idle.pop()
            except IndexError:
                return self._start()
            if worker.poll() is None:
                return worker
            _end(worker)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "bowerbird.imaging.worker"]
        environment = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR")),  # where Lambda keeps libpython
            **_MALLOC,
        }
        try:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*command, str(self._memory_bytes), str(self._seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=_PIPE_BYTES,
                cwd="/",
                env=environment,
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        except OSError as error:
            raise RetryableError(f"no worker could be started ({error})", Word.DECODER) from None


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # unsent bytes of a picture nobody will look at


def _cause(returncode: int) -> str:
    if returncode >= 0:
        return f"exit status {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
