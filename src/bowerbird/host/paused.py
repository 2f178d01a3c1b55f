"""A file that asks a run to pause: the page makes it, and `mine` looks for it all the time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bowerbird.adapters.folder.disk import disk_errors

_NAME: Final = "paused"


def pause(state: Path) -> None:
    """Ask for a pause in a place's state folder. It lasts until `resume`, also when `mine` starts anew.

    Raises:
        StoreError: the disk is full, or may not be written to.
    """
    with disk_errors(state):
        state.mkdir(parents=True, exist_ok=True)
        (state / _NAME).touch()


def resume(state: Path) -> None:
    """End the pause.

    Raises:
        StoreError: the folder may not be written to.
    """
    with disk_errors(state):
        (state / _NAME).unlink(missing_ok=True)


def is_paused(state: Path) -> bool:
    """Tell whether somebody asked for a pause."""
    return (state / _NAME).exists()
