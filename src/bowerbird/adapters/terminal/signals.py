"""Clean stops: Ctrl-C, a supervisor's TERM, and the terminal that is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

#: The end of the terminal. Windows knows no such signal.
HANG_UP: Final[signal.Signals | None] = getattr(signal, "SIGHUP", None)


@contextmanager
def stop_on_signal(stop: threading.Event) -> Iterator[list[int]]:
    """The first signal sets `stop`: finish what is in hand. A second Ctrl-C or TERM stops now.

    A terminal that closes may say so twice, once itself and once through its shell. Started by `nohup`, we
    hear nothing of it. Gives the signals received so far.
    """
    received: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        if received and number != HANG_UP:
            raise KeyboardInterrupt
        received.append(number)
        stop.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if HANG_UP is not None and signal.getsignal(HANG_UP) != signal.SIG_IGN:
        numbers.append(HANG_UP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
