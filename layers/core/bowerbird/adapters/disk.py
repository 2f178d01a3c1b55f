"""What a failing disk means for us, and what its owner can do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bowerbird.errors import DamagedError, StoreError

_FULL: Final = "the disk is full; make room, then run the same command again"
_READ_ONLY: Final = (
    "it may not be written to, or not be read; make it writable, then run the same command again"
)
_LOCKED: Final = "another process holds it; stop that one, then run the same command again"
_BROKEN: Final = "the disk cannot be read or written; look after it, then run the same command again"
_REPAIR: Final = "run `bowerbird repair PLACE`, which keeps it and builds a new one"

_ERRNOS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.ENOENT: "the folder it belongs in is not there; make that, then run the same command again",
    errno.ENOTDIR: "a file stands where its folder should be; name another place",
    errno.EISDIR: "a folder stands in its place; name another file",
}

# https://sqlite.org/rescode.html
_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_IOERR: _BROKEN,
}
_PRIMARY_CODE: Final = 0xFF


def advice(error: OSError) -> str:
    """What an error of the disk means, and what its owner can do."""
    return _ERRNOS.get(error.errno or 0, f"{error.strerror or error}; look after the disk, then run it again")


def damaged(path: Path, why: object, mend: str = _REPAIR) -> DamagedError:
    """The error that says of a file that it cannot be understood, why, and what to do."""
    return DamagedError(f"{path}: it is damaged ({why}); {mend}", why=str(why))


@contextmanager
def disk_errors(path: Path, mend: str = _REPAIR) -> Iterator[None]:
    """Raise our own error for the disk's; `path` is what was being worked on, for the text.

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


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing.

    Raises:
        StoreError: the disk is full, may not be written to, or fails.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` once it is whole and on the disk, and not before.

    Raises:
        StoreError: the disk is full, may not be written to, or fails; what stood there still does.
    """
    # Through a link to the file it means; what is no file, as /dev/stdout, cannot be replaced.
    target = path.resolve()
    with disk_errors(path):
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        temporary = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}")
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
