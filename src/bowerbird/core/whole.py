"""Writes files whole or not at all, and tells their owner what a disk's errors mean."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bowerbird.core.errors import StoreError

FULL: Final = "the disk is full; make room, then run the same command again"
READ_ONLY: Final = (
    "it may not be written to, or not be read; make it writable, then run the same command again"
)

_ERRNOS: Final = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.ENOENT: "the folder it belongs in is not there; make that, then run the same command again",
    errno.ENOTDIR: "a file stands where its folder should be; name another place",
    errno.EISDIR: "a folder stands in its place; name another file",
}


def advice(error: OSError) -> str:
    """Say what an error of the disk means, and what its owner can do."""
    return _ERRNOS.get(error.errno or 0, f"{error.strerror or error}; look after the disk, then run it again")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing.

    Raises:
        StoreError: the disk is full, may not be written to, or fails.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write. It takes the place of `path` only once it is whole and on the disk.

    Raises:
        StoreError: the disk is full, may not be written to, or fails. The old file is still there.
    """
    # Follow a link to its file. Something that is not a file, such as /dev/stdout, cannot be replaced.
    target = path.resolve()
    try:
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
    except OSError as error:
        raise StoreError(f"{path}: {advice(error)}") from error
