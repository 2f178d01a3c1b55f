"""Finds what is wrong with a SQLite file, and what can still be read. It never changes the file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.adapters.sqlite.database import beside, check_files, check_layout
from bowerbird.core.errors import DamagedError

# More rows than any file of ours can hold.
_LAST: Final = 1 << 48
# Each unreadable page costs some tens of failed look-ups, a few microseconds each.
_MOST_FAULTS: Final = 20_000

# https://sqlite.org/fileformat2.html#the_database_header
_PAGES: Final = slice(28, 32)

# The layout that brought a table.
_SINCE: Final = {"settled": 2}

Row = tuple[Any, ...]


def ailment(path: Path, schema: str) -> str | None:
    """Why a file that is there cannot be used as it is; None when it is sound.

    Raises:
        StoreError: the disk does not let us look, or the file is a later version's.
    """
    try:
        check_files(path)
        with disk_errors(path), closing(_reading(path)) as connection:
            layout = check_layout(connection, path)
            for table, columns in _tables(schema).items():
                found_columns = _columns(connection, table)
                if not found_columns and layout < _SINCE.get(table, 0):
                    continue  # it is made when the file is opened
                if not columns <= found_columns:
                    return f"its table {table} is not ours"
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except DamagedError as error:
        return error.why
    return None if found == "ok" else " ".join(found.split())


def rows(path: Path, table: str, columns: str) -> list[Row]:
    """Rows of a sound file, in the order they were written."""
    with disk_errors(path), closing(_reading(path)) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 - our own names


def settled(path: Path) -> set[bytes]:
    """Return the short names of a sound ledger's settled candidates."""
    with disk_errors(path), closing(_reading(path)) as connection:
        if not _columns(connection, "settled"):
            return set()
        return {name for (name,) in connection.execute("SELECT name FROM settled")}


def salvaged(path: Path, fresh: Path, table: str, columns: str) -> list[Row]:
    """Every row of a damaged file that can still be read. U+FFFD stands for bytes of text that are not UTF-8.

    `fresh` is a new file of the same kind. Its folder needs room for a copy of the damaged file. The first
    page of a file says where its tables are. When the damaged file's own cannot be read, that of `fresh`
    stands in.
    """
    found: dict[int, Row] = {}
    if not path.is_file():
        return []
    copy = fresh.with_name(f"{fresh.name}.copy")
    for page in (b"", fresh.read_bytes()[:4096]):
        with disk_errors(fresh):
            _copy(path, copy, page)
            try:
                with closing(sqlite3.connect(copy)) as connection:
                    connection.text_factory = lambda data: data.decode(errors="replace")
                    for rowid, *row in _scan(connection, table, columns):
                        found.setdefault(rowid, tuple(row))
            except sqlite3.DatabaseError:
                continue
            finally:
                for part in (copy, *beside(copy)):
                    part.unlink(missing_ok=True)
    return [found[rowid] for rowid in sorted(found)]


def _reading(path: Path) -> sqlite3.Connection:
    # A reader of a file that nobody has open would leave a log and an index beside it.
    alone = "" if beside(path)[0].exists() else "&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{alone}", uri=True)


def _tables(schema: str) -> dict[str, set[str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema)
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: _columns(connection, name) for (name,) in names}


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def _copy(path: Path, copy: Path, page: bytes) -> None:
    """A copy with its log; with `page`, that one comes first, and says how many there are."""
    shutil.copyfile(path, copy)
    log, copied_log = beside(path)[0], beside(copy)[0]
    if log.is_file():
        shutil.copyfile(log, copied_log)
    if page and copy.stat().st_size >= len(page):
        header = bytearray(page)
        header[_PAGES] = (copy.stat().st_size // len(page)).to_bytes(4)
        with copy.open("r+b") as file:
            file.write(header)


def _scan(connection: sqlite3.Connection, table: str, columns: str) -> Iterator[Row]:
    """Rows by their number; where reading fails, each half of what is left is tried by itself."""
    statement = f"SELECT rowid, {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608 - our own names
    pending, faults = [(0, _highest(connection, table))], 0
    while pending and faults < _MOST_FAULTS:
        low, high = pending.pop()
        try:
            for row in connection.execute(statement, (low, high)):
                yield row
                low = row[0] + 1
        except sqlite3.DatabaseError:
            faults += 1
            if low < high:
                middle = (low + high) // 2
                pending += [(middle + 1, high), (low, middle)]


def _highest(connection: sqlite3.Connection, table: str) -> int:
    """Return the number of the last row, where SQLite counts rows and the count can be read."""
    try:
        found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    except sqlite3.DatabaseError:
        return _LAST
    return found[0] if found and isinstance(found[0], int) and 0 < found[0] < _LAST else _LAST
