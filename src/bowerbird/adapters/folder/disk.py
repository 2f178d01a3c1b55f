"""Tells what a failing disk means for us, and what its owner can do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bowerbird.core.errors import DamagedError, StoreError
from bowerbird.core.whole import FULL, READ_ONLY, advice

_LOCKED: Final = "another process holds it; stop that one, then run the same command again"
_BROKEN: Final = "the disk cannot be read or written; look after it, then run the same command again"
_REPAIR: Final = "run `bowerbird repair PLACE`, which keeps it and builds a new one"

# https://sqlite.org/rescode.html
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_IOERR: _BROKEN,
}
_PRIMARY_CODE: Final = 0xFF


def damaged(path: Path, why: object, mend: str = _REPAIR) -> DamagedError:
    """Return the error that says why a file cannot be understood, and what to do."""
    return DamagedError(f"{path}: it is damaged ({why}); {mend}", why=str(why))


@contextmanager
def disk_errors(path: Path, mend: str = _REPAIR) -> Iterator[None]:
    """Raise our own error in place of the disk's. `path` says, for the text, what was being worked on.

    Raises:
        StoreError: the disk is full, may not be written to, or fails.
        DamagedError: SQLite cannot make sense of the file; `mend` says what to do about that.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: {advice(error)}") from error
    except (sqlite3.ProgrammingError, sqlite3.DataError):
        raise  # our own mistake, not the file's
    except sqlite3.DatabaseError as error:
        # Text that is no UTF-8 has no code. Our statements fit our files: any other complaint is damage.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        advised = None if code == sqlite3.SQLITE_IOERR_SHORT_READ else _SQLITE.get(code & _PRIMARY_CODE)
        if advised:
            raise StoreError(f"{path}: {advised}") from error
        raise damaged(path, error, mend) from error
