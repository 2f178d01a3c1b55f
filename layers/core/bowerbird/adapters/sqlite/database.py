"""One SQLite file shared by threads and processes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bowerbird.adapters.disk import disk_errors

# How long a writer waits for another process's transaction. Ours take milliseconds; a minute means stuck.
_BUSY_S = 60.0


class Database:
    """A connection in WAL mode, one transaction at a time.

    `synchronous=FULL` makes a commit survive power loss too: what the crawl has handed over is never lost.
    With NORMAL it may undo the last commits, the newest first, and a commit does not wait for the disk.
    See https://sqlite.org/wal.html and https://sqlite.org/pragma.html#pragma_synchronous.
    A disk that is full, read-only or broken is a StoreError, and the transaction did not happen.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            # isolation_level None: we begin transactions ourselves. The lock serialises the threads.
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.executescript(schema)

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that takes the write lock at once, so it never fails half-way on upgrade.

        One that is not `durable` survives the end of the process, but perhaps not that of the machine.
        """
        with self._lock, disk_errors(self._path):
            self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors SQLite has rolled back by itself: https://sqlite.org/lang_transaction.html
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection for single SELECTs, which are consistent by themselves."""
        with self._lock, disk_errors(self._path):
            yield self._connection

    def close(self) -> None:
        """Close the file; the last one out folds the write-ahead log in."""
        with self._lock, disk_errors(self._path):
            self._connection.close()
