"""CPU time and memory of this process and of those it started; never wall time, which other work distorts."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Clock:
    """Milliseconds of CPU by name; what `hidden` covers belongs to the measurement itself."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self.unseen_ms = 0.0

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Count a block under a name."""
        start, unseen = time.process_time(), self.unseen_ms
        try:
            yield
        finally:
            passed = (time.process_time() - start) * 1000
            self.spent[name] += passed - (self.unseen_ms - unseen)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Leave a block out of every count."""
        start = time.process_time()
        try:
            yield
        finally:
            self.unseen_ms += (time.process_time() - start) * 1000


def children_ms() -> float:
    """CPU of the living children of this process, milliseconds."""
    ticks = 0
    for pid in _children():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def peak_mb() -> float:
    """Peak resident memory, MB of 10^6 bytes, of this process with its living children."""
    return sum(_peak_kb(pid) for pid in ["self", *_children()]) * 1024 / 1e6


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _peak_kb(pid: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
