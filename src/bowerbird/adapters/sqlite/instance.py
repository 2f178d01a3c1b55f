"""Tells a living process from a dead one by a lock the kernel drops when the process ends."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.adapters.folder.locks import hold, try_hold

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
            self._file = hold(folder / self.id)

    def alive(self, other: str) -> bool:
        """Tell whether the process with this mark still runs; if it does not, remove its mark."""
        if other == self.id:
            return True
        if not _MARK.fullmatch(other):  # from a damaged file: no name of ours, so no file of ours either
            return False
        path = self._folder / other
        try:
            held = try_hold(path, create=False)
        except FileNotFoundError:
            return False
        if held is None:
            return True
        held.close()  # first, for Windows removes no open file; the mark of the dead is nobody's any more
        path.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        """Remove the mark."""
        self._file.close()
        (self._folder / self.id).unlink(missing_ok=True)
