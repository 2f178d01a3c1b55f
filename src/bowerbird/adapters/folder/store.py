"""Keeps objects in a folder that scenery, a file manager and `ls` can read."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from bowerbird.adapters.folder import names
from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.adapters.folder.locks import hold
from bowerbird.core.errors import PermanentError

# Our own state lives here, out of the sight of `keys` and of whoever watches the folder.
STATE = ".bowerbird"

_STALE_S = 3600.0


class FolderStore:
    """Objects as files below `root`.

    A write goes to a temporary file on the same disk, which is flushed and then renamed. So readers see the
    old object or the new one, never half of one, whatever happens in between. An object's version is the
    sha256 of its content. When the disk is full, read-only or broken, it raises StoreError.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._temporary = root / STATE / "tmp"
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:  # noqa: ARG002 - a file's name says its type
        """Write a file atomically; with `if_absent` the first of several writers wins."""
        path = self._path(key)
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._write_temporary(data)
            try:
                if not if_absent:
                    temporary.replace(path)
                else:
                    # link() fails when the name exists, which rename() does not.
                    try:
                        os.link(temporary, path)
                    except FileExistsError:
                        return False
                _sync_folder(path.parent)
                return True
            finally:
                temporary.unlink(missing_ok=True)

    def get(self, key: str) -> bytes | None:
        """Read a file."""
        path = self._path(key)
        with disk_errors(path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                return None

    def get_versioned(self, key: str) -> tuple[bytes, str] | None:
        """Read a file with its version."""
        data = self.get(key)
        return None if data is None else (data, _version(data))

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        """Compare and write under a lock that all processes on this folder share."""
        with disk_errors(self._root), hold(self._root / STATE / "replace.lock"):
            current = self.get_versioned(key)
            if (current[1] if current else None) != version:
                return False
            return self.put(key, data, content_type=content_type)

    def exists(self, key: str) -> bool:
        """Tell whether the file is there."""
        return self._path(key).is_file()

    def keys(self, prefix: str) -> Iterator[str]:
        """Walk only the folder the prefix points into."""
        start = self._path(prefix.rpartition("/")[0]) if "/" in prefix else self._root
        found = (
            (Path(folder) / name).relative_to(self._root).as_posix()
            for folder, folders, files in os.walk(start)
            if STATE not in Path(folder).relative_to(self._root).parts
            for name in files
        )
        yield from sorted(key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Remove the file, and a picture's other names with it: see `bowerbird.adapters.folder.names`."""
        path = self._path(key)
        with disk_errors(path):
            path.unlink(missing_ok=True)
            # Last, so that nobody gives it a name in between. What breaks off here is deleted again.
            names.remove(self._root, names.given(self.get, key))

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        if not parts or key.startswith("/") or ".." in parts or "\x00" in key:
            raise PermanentError(f"not an object key: {key[:80]!r}")
        return self._root.joinpath(*parts)

    def _sweep(self) -> None:
        """Remove what a killed writer left. No living one holds a temporary file for as long as an hour."""
        for path in self._temporary.iterdir():
            with suppress(FileNotFoundError):
                # Of the future is what was written before a clock was set back.
                if abs(time.time() - path.stat().st_mtime) > _STALE_S:
                    path.unlink()

    def _write_temporary(self, data: bytes) -> Path:
        temporary = self._temporary / uuid.uuid4().hex
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return temporary


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive power loss."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
