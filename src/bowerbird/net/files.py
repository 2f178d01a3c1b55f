"""Reads `file:` URLs below one folder, for the folder source."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bowerbird.core.errors import PermanentError
from bowerbird.core.ports import Fetched
from bowerbird.core.reasons import Word


class FileFetcher:
    """Reads regular files below `root`; links are followed first and judged by where they end."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def fetch(
        self,
        url: str,
        *,
        accept: str,  # noqa: ARG002 - the port's; a file has one form
        max_bytes: int,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - the port's
        enough: Callable[[bytes], bool] | None = None,  # noqa: ARG002 - reading a file to its end costs nothing
    ) -> Fetched:
        """Read a file; see `bowerbird.core.ports.Fetcher`."""
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in {"", "localhost"} or parts.query or parts.fragment:
            raise PermanentError("not a plain file: URL of this machine", Word.REFUSED)
        try:
            path = Path(unquote(parts.path, errors="surrogateescape")).resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            raise PermanentError("no such file", Word.GONE) from None
        if not path.is_relative_to(self._root):
            raise PermanentError("file outside the source's folder", Word.REFUSED)
        return Fetched(url, 200, {}, _read(path, max_bytes))


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        # Without O_NONBLOCK, opening a pipe that someone put there waits for its writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        raise PermanentError(f"file cannot be read ({error.strerror})", Word.GONE) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PermanentError("not a regular file", Word.REFUSED)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(max_bytes + 1)
    finally:
        os.close(descriptor)
    if len(data) > max_bytes:
        raise PermanentError(f"file of more than {max_bytes} bytes", Word.TOO_LARGE)
    return data
