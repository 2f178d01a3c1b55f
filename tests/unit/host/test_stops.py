"""Signals, and a terminal that is closed."""

from __future__ import annotations

import os
import pty
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bowerbird.adapters.terminal.hang_up import Terminal
from bowerbird.adapters.terminal.signals import stop_on_signal


@contextmanager
def handled(number: int, handler: signal.Handlers) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_asks_for_a_clean_stop(number: int) -> None:
    stop = threading.Event()
    before = signal.getsignal(number)
    with stop_on_signal(stop) as received:
        os.kill(os.getpid(), number)
        assert stop.is_set()
    assert received == [number]
    assert signal.getsignal(number) == before


def test_a_second_one_stops_now_unless_it_is_the_terminal_saying_so_twice() -> None:
    with stop_on_signal(threading.Event()) as received:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        assert len(received) == 2
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)


def test_nohup_is_heard() -> None:
    stop = threading.Event()
    with handled(signal.SIGHUP, signal.SIG_IGN), stop_on_signal(stop):
        os.kill(os.getpid(), signal.SIGHUP)
    assert not stop.is_set()


def test_what_is_written_to_a_terminal_that_was_closed_goes_nowhere() -> None:
    master, slave = pty.openpty()
    with Terminal(slave, "wb") as terminal:
        assert terminal.write(b"seen") == 4
        assert os.read(master, 9) == b"seen"
        os.close(master)
        assert terminal.write(b"unseen") == 6
        assert str(Path(f"/proc/self/fd/{slave}").readlink()) == "/dev/null"
