"""Builds new files in a folder and swaps them for the broken ones. It never deletes a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.adapters.sqlite.database import REPAIRED, beside, sole_use
from bowerbird.core.ports import ObjectStore

_FOLDER: Final = "repair"


@dataclass(frozen=True, slots=True)
class RebuildFolder:
    """Is a separate folder on the files' own disk. `stamp` marks what this repair sets aside."""

    state: Path
    stamp: str
    dry_run: bool

    def new(self, name: str) -> Path:
        """Give the path where the file of this name is built."""
        return self.state / _FOLDER / name

    def swap(self, name: str) -> str:
        """Put the new file in its place, and say where the old one went.

        Until the last step `Database` refuses the name. When this is killed, the next repair finishes the
        work or begins anew.
        """
        path = self.state / name
        ready = path.with_name(name + REPAIRED)
        with disk_errors(path):
            self.new(name).replace(ready)
            return self._finish(path, ready)

    def resume(self, name: str) -> None:
        """Finish an earlier repair that was interrupted."""
        path = self.state / name
        ready = path.with_name(name + REPAIRED)
        with disk_errors(path):
            if ready.exists() and path.exists():
                ready.unlink()  # the old file is still whole: begin anew
            elif ready.exists():
                self._finish(path, ready)

    def _finish(self, path: Path, ready: Path) -> str:
        kept = [self._aside(path, part) for part in (path, *beside(path)) if part.exists()]
        ready.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return f"the old file is kept as {kept[0]}" if kept else "there was none"

    def _aside(self, path: Path, part: Path) -> Path:
        # A file and its log keep matching names, so that SQLite's own tools can open them.
        kept = path.with_name(f"{path.name}.broken-{self.stamp}{part.name.removeprefix(path.name)}")
        part.rename(kept)
        return kept


@contextmanager
def rebuild_folder(state: Path, now: datetime, *, dry_run: bool) -> Iterator[RebuildFolder]:
    """Open a folder for one repair, and keep everybody else off the files meanwhile.

    Raises:
        StoreError: somebody else uses the files, or the disk fails.
    """
    with disk_errors(state):
        state.mkdir(parents=True, exist_ok=True)
    with sole_use(state):
        made = RebuildFolder(state, now.strftime("%Y%m%dT%H%M%S.%fZ"), dry_run)
        folder = state / _FOLDER
        with disk_errors(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        try:
            yield made
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def set_aside(store: ObjectStore, key: str, folder: RebuildFolder) -> str:
    """Move an object of the place to `broken/`; returns its new key."""
    kept = f"broken/{key}.broken-{folder.stamp}"
    data = store.get(key)
    if data is not None and not folder.dry_run:
        store.put(kept, data, content_type="application/octet-stream")
        store.delete(key)
    return kept
