"""Remembers embeddings that were computed before, in one SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.errors import UsageError

_MEND: Final = "delete it: all that is lost is the time to compute it again"


class EmbeddingCache:
    """Keeps vectors by the sha256 of picture and encoder, and by what was done to the picture.

    It writes each vector at once, so an interrupted run continues where it stopped. A file that turns out
    damaged later, or a disk that fails, is a StoreError.

    Raises:
        UsageError: the file cannot be made or written, or is no such cache.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            # A lost vector can be computed again. Waiting for the disk at each picture would cost more.
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vectors BLOB NOT NULL)"
            )
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                f"{path} cannot hold embeddings ({error}); remove it, or name another --cache"
            ) from error

    def get(self, key: str, dim: int) -> NDArray[np.float32] | None:
        """Give the vectors (K, dim) of a key, or None."""
        with self._lock, disk_errors(self._path, _MEND):
            row = self._db.execute("SELECT vectors FROM vectors WHERE key = ?", (key,)).fetchone()
        if row is None or not isinstance(row[0], bytes) or len(row[0]) % (4 * dim):
            return None
        return np.frombuffer(row[0], np.float32).reshape(-1, dim)

    def put(self, key: str, vectors: NDArray[np.float32]) -> None:
        """Remember vectors (K, dim)."""
        with self._lock, disk_errors(self._path, _MEND):
            self._db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (key, vectors.tobytes()))

    def close(self) -> None:
        """Release the file."""
        self._db.close()
