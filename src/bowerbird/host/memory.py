"""Keeps a process small that judges pictures in many threads."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import Final

# https://sourceware.org/glibc/manual/latest/html_node/Malloc-Tunable-Parameters.html
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8

# A preview fits below it: to ask the kernel for each of those anew takes longer than to keep one.
_LARGE_BYTES: Final = 4 << 20


def spare_memory() -> None:
    """Make threads share a heap that gives back what is large. Call it before they start, and before numpy.

    By default each thread may get a heap of its own, which keeps what it once had. With 16 downloads at once
    that was 50 of 300 MB, and saved no time. Each thread of numpy's algebra has a buffer of its own, too, and
    spins while it has nothing to do; pictures are judged side by side, one thread each. Whoever has set
    OPENBLAS_NUM_THREADS keeps it. Where the C library is not glibc, its heap stays as it is.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with suppress(AttributeError, OSError, TypeError):  # another library, or none that can be asked
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_ARENA_MAX, 1)
        # Left alone, glibc raises both to what it was once given back: up to 32 and 64 MiB.
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)
