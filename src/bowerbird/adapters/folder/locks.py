"""Locks on files, which the system drops when a process ends, on Linux, macOS and Windows alike."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import portalocker
from portalocker import LockFlags


def hold(path: Path) -> IO[str]:
    """Wait for the file's lock, and hold it alone until the file is closed."""
    file = path.open("a")
    portalocker.lock(file, LockFlags.EXCLUSIVE)
    return file


def try_hold(path: Path, *, shared: bool = False, create: bool = True) -> IO[str] | None:
    """Take the file's lock, alone or together with others, if that is possible now; None if it is not.

    The lock lasts until the file is closed.

    Raises:
        FileNotFoundError: the file is not there, and is not to be made.
    """
    file = path.open("a" if create else "r+")
    try:
        portalocker.lock(file, (LockFlags.SHARED if shared else LockFlags.EXCLUSIVE) | LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        file.close()
        return None
    return file
