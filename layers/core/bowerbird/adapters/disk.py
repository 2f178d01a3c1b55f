"""What a failing disk means for us, and what its owner can do about it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bowerbird.errors import StoreError

_FULL: Final = "the disk is full; make room, then run the same command again"
_READ_ONLY: Final = "it may not be written to; make it writable, then run the same command again"
_LOCKED: Final = "another process has held it for a minute; stop that one, then run the same command again"

_ERRNOS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
}

# https://sqlite.org/rescode.html
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
}
_PRIMARY_CODE: Final = 0xFF


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Raise our own error for the disk's; `path` is what was being worked on, for the text.

    Raises:
        StoreError: the disk is full, may not be written to, or fails.
    """
    try:
        yield
    except OSError as error:
        advice = _ERRNOS.get(error.errno or 0, f"{error.strerror}; look after the disk, then run it again")
        raise StoreError(f"{path}: {advice}") from error
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & _PRIMARY_CODE
        advice = _SQLITE.get(code, f"{error}; look after the disk, then run the same command again")
        raise StoreError(f"{path}: {advice}") from error
