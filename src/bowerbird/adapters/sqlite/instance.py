"""Tells a living process from a dead one by a lock the kernel drops when the process ends."""

from __future__ import annotations

import fcntl
import os
import re
import uuid
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors

_MARK: Final = re.compile(r"[0-9a-f]{32}")


class Instance:
    """This process's mark in a folder: a file that it keeps locked for as long as it lives.

    After a restart, a stranger can get the same process id but not the lock. And no clock is involved.
    """

    def __init__(self, folder: Path) -> None:
        self.id = uuid.uuid4().hex
        self._folder = folder
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / self.id).open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def alive(self, other: str) -> bool:
        """Tell whether the process with this mark still runs; if it does not, remove its mark."""
        if other == self.id:
            return True
        if not _MARK.fullmatch(other):  # from a damaged file: no name of ours, so no file of ours either
            return False
        path = self._folder / other
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Remove the mark."""
        (self._folder / self.id).unlink(missing_ok=True)
        self._file.close()
