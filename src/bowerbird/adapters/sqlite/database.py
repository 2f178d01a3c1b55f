"""One SQLite file shared by threads and processes."""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from bowerbird.adapters.folder.disk import damaged, disk_errors
from bowerbird.adapters.folder.locks import try_hold
from bowerbird.core.errors import StoreError

# How long a writer waits for another process's transaction. Ours take milliseconds.
_BUSY_S: Final = 20.0

#: The layout that this version writes. Files of before it was noted say 0, and are the same as 1. In 2, a
#: ledger may have settled candidates.
LAYOUT: Final = 2

# No version will ever have come so far: the number is garbage.
_NO_LAYOUT: Final = 1000

#: A rebuilt file on its way into its place: see `bowerbird repair`.
REPAIRED: Final = ".repaired"

# A file of this size is looked through in a tenth of a second. What is wrong in a larger one is found when a
# run comes upon it.
_CHECKED_BYTES: Final = 32_000_000

_IN_USE: Final = "in-use.lock"
# https://sqlite.org/fileformat2.html#the_write_ahead_log: the first bytes, by the order of checksummed words.
_WAL_MAGIC: Final = frozenset({b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"})
_WAL_HEADER_BYTES: Final = 32


class Database:
    """A connection in WAL mode, one transaction at a time.

    With `synchronous=FULL` a commit survives power loss too, so what the crawl has handed over is never lost.
    With NORMAL a commit does not wait for the disk, and power loss may undo the last commits, the newest
    first. See https://sqlite.org/wal.html and https://sqlite.org/pragma.html#pragma_synchronous.

    When the disk is full, read-only or broken, it raises StoreError, and the transaction did not happen. When
    the file cannot be understood, it raises DamagedError, now or when it meets the damage.
    """

    def __init__(self, path: Path, schema: str, *, busy_s: float = _BUSY_S) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._durable: bool | None = None  # what the connection was last told
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._use = _use(path.parent)
            try:
                check_files(path)
                if not path.exists():
                    _create(path, schema)
                self._connection = _connect(path, schema, busy_s)
            except BaseException:
                self._use.close()
                raise

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that takes the write lock at once, so it never fails half-way on upgrade.

        One that is not `durable` survives the end of the process, but may not survive a power cut.
        """
        with self._lock, disk_errors(self.path):
            if durable != self._durable:
                self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # After some errors SQLite has rolled back by itself: https://sqlite.org/lang_transaction.html
                # What it says about a rollback of a damaged file would hide what happened.
                if self._connection.in_transaction:
                    with suppress(sqlite3.DatabaseError):
                        self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The connection for single SELECTs, which are consistent by themselves."""
        with self._lock, disk_errors(self.path):
            yield self._connection

    def vacuum(self) -> None:
        """Write the file anew without the room that deleted rows left."""
        with self._lock, disk_errors(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; the last one out folds the write-ahead log in."""
        with self._lock, disk_errors(self.path):
            self._connection.close()
            self._use.close()


def beside(path: Path) -> tuple[Path, Path]:
    """Return the write-ahead log and its index, which belong to a file."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def check_files(path: Path) -> None:
    """Refuse what SQLite would take for a new file, or would pass over in silence.

    Raises:
        DamagedError: no plain file, an empty one, or one whose parts are missing or not SQLite's.
    """
    log, _ = beside(path)
    if not path.exists():
        if path.with_name(path.name + REPAIRED).exists():
            raise damaged(path, "a repair of it was broken off")
        if log.exists():
            raise damaged(path, "it is missing, and its log is there")
        return
    for part in (path, *beside(path)):
        if part.exists() and not part.is_file():
            raise damaged(part, "something that is no file stands in its place")
    # A new file appears whole: see _create.
    if path.stat().st_size == 0:
        raise damaged(path, "it is empty")
    with log.open("rb") if log.exists() else Path(os.devnull).open("rb") as file:
        header = file.read(_WAL_HEADER_BYTES)
    # SQLite passes over a log that it cannot read. Power loss leaves zeros or less than a header there.
    if len(header) == _WAL_HEADER_BYTES and any(header) and header[:4] not in _WAL_MAGIC:
        raise damaged(log, "it is no log of SQLite's")


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Keep every `Database` in a folder closed, here and in other processes, while its files are replaced.

    Raises:
        StoreError: one is open.
    """
    with disk_errors(folder):
        lock = try_hold(folder / _IN_USE)
        if lock is None:
            raise StoreError(f"{folder}: a miner or another command is at work here; stop it, then repair")
        with lock:
            yield


def _use(folder: Path) -> IO[str]:
    """Take a lock that many may hold, but not beside `sole_use`."""
    lock = try_hold(folder / _IN_USE, shared=True)
    if lock is None:
        raise StoreError(f"{folder}: it is being repaired; run the same command again after that")
    return lock


def _create(path: Path, schema: str) -> None:
    """Make a new file, whole or not at all. So an empty file is always one that lost its content."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.new")
    try:
        connection = _connect(temporary, schema, _BUSY_S)
        connection.execute(f"PRAGMA user_version={LAYOUT}")
        connection.close()
        # Of two processes that begin at once, one makes the file and both use it.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        for part in (temporary, *beside(temporary)):
            part.unlink(missing_ok=True)


def _connect(path: Path, schema: str, busy_s: float) -> sqlite3.Connection:
    # isolation_level None: we begin transactions ourselves. Our lock serialises the threads.
    connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        check_layout(connection, path)
        _check_pages(connection, path)
        connection.executescript(schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size <= _CHECKED_BYTES:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise damaged(path, " ".join(found.split()))


def check_layout(connection: sqlite3.Connection, path: Path) -> int:
    """Return a file's layout; refuse one of a later version.

    Raises:
        StoreError: it is one.
    """
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if not 0 <= layout < _NO_LAYOUT:
        raise damaged(path, f"its layout is {layout}")
    if layout > LAYOUT:
        raise StoreError(
            f"{path}: a newer version of Bowerbird has written it (layout {layout}, not {LAYOUT}); "
            "update Bowerbird, then run the same command again"
        )
    return int(layout)
