from __future__ import annotations

import io
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from bowerbird import imaging
from bowerbird.core.errors import PermanentError
from bowerbird.imaging.exchange import receive
from bowerbird.imaging.isolated import Decoder, IsolatedDecoder

Picture = Callable[..., Image.Image]
Encode = Callable[..., bytes]


_PARENT = """
import time
from bowerbird.core.errors import PermanentError
from bowerbird.imaging.isolated import IsolatedDecoder
decoder = IsolatedDecoder()
try:
    decoder.inspect(b"GIF89a")
except PermanentError:
    print(decoder._idle[0].pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def decoder() -> Iterator[IsolatedDecoder]:
    with IsolatedDecoder() as started:
        yield started


def workers() -> set[int]:
    """The children of this process."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("min_side", [None, 100])
def test_the_same_answers_as_in_process(
    decoder: IsolatedDecoder, picture: Picture, encode: Encode, image_format: str, min_side: int | None
) -> None:
    data = encode(picture(1600, 800), image_format)
    here: Decoder = imaging
    assert decoder.inspect(data) == here.inspect(data)
    assert decoder.decode(data, min_side=min_side).tobytes() == here.decode(data, min_side=min_side).tobytes()
    (info, image), (wanted, pixels) = (each.read(data, min_side=min_side) for each in (decoder, here))
    assert (info, image.tobytes()) == (wanted, pixels.tobytes())


def test_an_unfinished_picture_says_so_from_there_too(
    decoder: IsolatedDecoder, picture: Picture, encode: Encode
) -> None:
    data = encode(picture(), "JPEG")
    assert decoder.decode(data).info == {}
    assert decoder.decode(data[:-2]).info == {"unfinished": True}


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<!doctype html>", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_the_same_refusals_as_in_process(decoder: IsolatedDecoder, data: bytes) -> None:
    for ask in ("inspect", "decode"):
        with pytest.raises(PermanentError) as here:
            getattr(imaging, ask)(data)
        with pytest.raises(PermanentError) as there:
            getattr(decoder, ask)(data)
        assert str(there.value) == str(here.value)


def test_one_worker_serves_many_pictures(picture: Picture, encode: Encode) -> None:
    before = workers()
    with IsolatedDecoder() as decoder:
        for side in range(10, 30):
            assert decoder.decode(encode(picture(side, side), "PNG")).size == (side, side)
        assert len(workers() - before) == 1
    assert workers() == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_costs_one_picture(picture: Picture, encode: Encode, number: signal.Signals) -> None:
    data = encode(picture(), "PNG")
    before = workers()
    with IsolatedDecoder() as decoder:
        decoder.decode(data)
        (worker,) = workers() - before
        os.kill(worker, signal.SIGSTOP)  # so that it cannot answer before it dies

        def strike() -> None:
            os.kill(worker, number)
            os.kill(worker, signal.SIGCONT)

        timer = threading.Timer(0.1, strike)
        timer.start()
        with pytest.raises(PermanentError, match=rf"^crash: the decoder died \({number.name}\)"):
            decoder.decode(data)
        timer.join()
        assert decoder.decode(data).size == (80, 40)
        assert worker not in workers()


def test_a_hang_costs_one_picture_and_the_time_it_may_take(picture: Picture, encode: Encode) -> None:
    data = encode(picture(), "PNG")
    before = workers()
    with IsolatedDecoder(seconds=4) as decoder:
        decoder.decode(data)
        (worker,) = workers() - before
        os.kill(worker, signal.SIGSTOP)
        with pytest.raises(PermanentError, match=r"^hang: the decoder took longer than 4 s"):
            decoder.decode(data)
        assert decoder.decode(data).size == (80, 40)


def test_a_header_that_takes_for_ever_to_read_is_a_hang() -> None:
    # Fill bytes before a marker, which the reader takes one at a time: 2 s on a slow core.
    padding = b"\xff" * 60_000_000
    with IsolatedDecoder(seconds=0.1) as decoder, pytest.raises(PermanentError, match=r"^(hang|crash): "):
        decoder.inspect(b"\xff\xd8" + padding)


def test_memory_above_the_limit_costs_one_picture(picture: Picture, encode: Encode) -> None:
    with IsolatedDecoder(memory_bytes=200 << 20) as decoder:
        with pytest.raises(PermanentError, match=r"^(memory|crash|undecodable): "):
            decoder.decode(encode(Image.new("RGB", (9000, 9000)), "PNG"))
        assert decoder.decode(encode(picture(), "PNG")).size == (80, 40)


def test_a_worker_that_died_idle_is_replaced_unseen(picture: Picture, encode: Encode) -> None:
    data = encode(picture(), "PNG")
    before = workers()
    with IsolatedDecoder() as decoder:
        decoder.decode(data)
        (worker,) = workers() - before
        os.kill(worker, signal.SIGKILL)
        os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
        assert decoder.decode(data).size == (80, 40)


def test_the_worker_has_nothing_of_our_environment(
    picture: Picture, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    before = workers()
    with IsolatedDecoder() as decoder:
        decoder.decode(encode(picture(), "PNG"))
        (worker,) = workers() - before
        environment = Path(f"/proc/{worker}/environ").read_bytes().decode().split("\0")
        limits = Path(f"/proc/{worker}/limits").read_text()
    assert {line.partition("=")[0] for line in environment} <= {
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
        "LC_CTYPE",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
        "",
    }
    # Freed memory stays with the worker, up to a bound: to ask the kernel for it again costs much.
    assert "MALLOC_TRIM_THRESHOLD_=4194304" in environment
    assert "Max file size             0                    0" in limits


def test_a_worker_does_without_numpy_for_ordinary_pictures(picture: Picture, encode: Encode) -> None:
    """It would take a tenth of a second and 10 MB of each worker."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(picture(), "JPEG", icc_profile=profile)
    child = """
import sys
from bowerbird.imaging import worker
worker.read(sys.stdin.buffer.read(), min_side=16)
sys.exit("numpy" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", child], input=data, check=True)


def test_threads_share_the_workers(picture: Picture, encode: Encode) -> None:
    sizes: list[tuple[int, int]] = []
    before = workers()
    decoder = IsolatedDecoder(workers=2)

    def work(side: int) -> None:
        sizes.append(decoder.decode(encode(picture(side, side), "PNG")).size)

    threads = [threading.Thread(target=work, args=(side,)) for side in range(10, 18)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(workers() - before) <= 2
    decoder.close()
    assert sorted(sizes) == [(side, side) for side in range(10, 18)]


def test_an_answer_too_large_to_be_true_gets_no_memory() -> None:
    """A worker taken over by a picture may answer anything."""
    with pytest.raises(ValueError, match=r"message of 2 and 1099511627776 bytes"):
        receive(io.BytesIO(struct.pack("<IQ", 2, 1 << 40) + b"{}"), max_body=1000)
    with pytest.raises(EOFError):
        receive(io.BytesIO(struct.pack("<IQ", 2, 10) + b"{}" + b"short"), max_body=1000)


def test_workers_end_with_their_parent() -> None:
    """Nobody is left to close anything when the parent is killed."""
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    worker = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    ended, _, _ = select.select([worker], [], [], 30)
    os.close(worker)
    parent.stdout.close()
    assert ended
