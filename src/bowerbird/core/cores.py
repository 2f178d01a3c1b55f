"""Decides how many pictures to compute at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path, PurePosixPath
from typing import Final

#: "At 1,769 MB, a function has the equivalent of one vCPU":
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MB_A_CORE: Final = 1769

#: Set by Lambda, and nowhere else.
MEMORY_MB: Final = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"

_ROOT: Final = Path("/")


def cores(memory_mb: int | None = None, root: Path = _ROOT) -> int:
    """How many pictures to compute at once: the cores that this process gets the time of, one at least.

    A container with a quota sees all cores of its machine, and a function more than its memory pays for.
    There, one picture more would only cost memory. Linux says under `root` which quota there is.
    """
    bounds = [float(_seen()), *_quotas(root)]
    if memory_mb is not None:
        bounds.append(memory_mb // _MB_A_CORE)
    return max(1, ceil(min(bounds)))


def _seen() -> int:
    # macOS has no affinity.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """Cores' worth of time that the control groups of this process allow, those above it included.

    Source: https://docs.kernel.org/admin-guide/cgroup-v2.html and .../scheduler/sched-bwc.html. A container
    may see its own group as the root of the hierarchy, while /proc names it as the machine does; so the root
    is always read, and folders that are not there are passed over.
    """
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        own = PurePosixPath(path.lstrip("/"))
        for group in (own, *own.parents):
            if number == "0":
                yield from _quota(*_read(root / "sys/fs/cgroup" / group / "cpu.max").split())
            elif "cpu" in controllers.split(","):
                folder = root / "sys/fs/cgroup/cpu" / group
                yield from _quota(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _quota(*numbers: str) -> Iterator[float]:
    # "max" and -1 are no bound, and a file that is not there says nothing.
    with suppress(ValueError):
        allowed, period = map(int, numbers)
        if allowed > 0 and period > 0:
            yield allowed / period


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
