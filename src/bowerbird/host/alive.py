"""A file that says that a run is alive: the run touches it for as long as it works."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_NAME: Final = "alive"
# A run touches it every ten seconds. A busy machine may be late.
_LATE_S: Final = 60.0


def beat(state: Path) -> None:
    """Say in a place's state folder that the run is alive. A full disk is told elsewhere."""
    with suppress(OSError):
        (state / _NAME).touch()


def rest(state: Path) -> None:
    """Say that the run has ended."""
    with suppress(OSError):
        (state / _NAME).unlink()


def silence(state: Path) -> str | None:
    """Say why nothing here seems to run, or None if something does.

    A mark in the future is as bad as an old one: a clock that was set back would hide a dead run for hours.
    """
    try:
        age = time.time() - (state / _NAME).stat().st_mtime
    except OSError:
        return "nothing runs here: no `bowerbird mine` works on this place"
    if abs(age) <= _LATE_S:
        return None
    return f"`bowerbird mine` has shown no sign of life for {age:.0f} s"
