"""Runs a command and watches it and all processes that it starts: processor time and memory."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_EVERY_S: Final = 0.05
_TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took, with all processes below it.

    `cpu_ms` is user and system time. `peak_pss_mb` counts a page that processes share once, `peak_rss_mb`
    once for each. Both are sums over the processes alive, looked at 20 times a second; MB are 10^6 bytes.
    """

    cpu_ms: float
    wall_s: float
    peak_pss_mb: float
    peak_rss_mb: float
    processes: int
    status: int


def watched(
    command: Sequence[str], *, log: IO[bytes], environment: Mapping[str, str] | None = None
) -> Watched:
    """Run a command to its end; what it prints goes to `log`."""
    before, begun = _waited_for(), time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - the benchmark's own commands
        command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    )
    spent: dict[int, float] = {}
    pss = rss = 0
    while process.poll() is None:
        alive = list(_tree(process.pid))
        pss = max(pss, sum(_field(pid, "smaps_rollup", "Pss:") for pid in alive))
        rss = max(rss, sum(_field(pid, "status", "VmRSS:") for pid in alive))
        spent.update({pid: ticks for pid in alive if (ticks := _ticks(pid))})
        time.sleep(_EVERY_S)
    # The kernel tells the time of those that were waited for; those that nobody waited for were looked at.
    cpu_s = max(_waited_for() - before, sum(spent.values()) / _TICK)
    wall_s = time.monotonic() - begun
    return Watched(cpu_s * 1000, wall_s, pss * 1024 / 1e6, rss * 1024 / 1e6, len(spent), process.returncode)


def _waited_for() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += _tree(int(child))
    return found


def _field(pid: int, file: str, name: str) -> int:
    """Kilobytes; 0 of a process that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def _ticks(pid: int) -> int:
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0
