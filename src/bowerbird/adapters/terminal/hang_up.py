"""Lets a command go on when its terminal has been closed: what it prints then goes nowhere."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, TextIO


class Terminal(io.FileIO):
    """Return a terminal's descriptor, for writing; once the terminal is gone, it leads to /dev/null."""

    def write(self, data: Any, /) -> int:
        """Write, as far as anybody reads."""
        try:
            return super().write(data)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            silence(self.fileno())
            return memoryview(data).nbytes


def outlive_terminal() -> None:
    """Let standard output and standard error, as far as they are a terminal, survive its end."""
    # Closed ones (`>&-`, some supervisors) are None. They are opened, in order, or the next file that we open
    # would take their number, and whatever writes to standard output would write into it.
    for name, way, mode in (
        ("stdin", os.O_RDONLY, "r"),
        ("stdout", os.O_WRONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, way), mode, encoding="utf-8"))
    sys.stdout, sys.stderr = _outliving(sys.stdout), _outliving(sys.stderr)


def silence(descriptor: int) -> None:
    """Lead a descriptor to /dev/null."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _outliving(stream: TextIO) -> TextIO:
    if not stream.isatty() or not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = Terminal(stream.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=stream.encoding, errors=stream.errors, line_buffering=True
    )
