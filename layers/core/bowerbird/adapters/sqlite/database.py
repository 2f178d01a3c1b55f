"""One SQLite file shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# How long a writer waits for another process's transaction. Ours take milliseconds; a minute means stuck.
_BUSY_S = 60.0


class Database:
    """A connection in WAL mode, one transaction at a time.

    `synchronous=FULL` makes a commit survive power loss too: what the crawl has handed over is never lost.
    See https://sqlite.org/wal.html and https://sqlite.org/pragma.html#pragma_synchronous.
    """

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # isolation_level None: we begin transactions ourselves. The lock serialises the threads.
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(schema)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that takes the write lock at once, so it never fails half-way on upgrade."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection for single SELECTs, which are consistent by themselves."""
        with self._lock:
            yield self._connection

    def close(self) -> None:
        """Close the file; the last one out folds the write-ahead log in."""
        with self._lock:
            self._connection.close()
