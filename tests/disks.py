"""Real disks that are small enough to be filled, for whoever may mount one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """A tmpfs of its own for as long as the block lasts; skips the test where mounting is not allowed."""
    place = folder / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    try:
        done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs mount")
    if done.returncode != 0:
        pytest.skip(f"may not mount a small disk: {done.stderr.strip()}")
    try:
        yield place
    finally:
        # Lazily, for a test that failed may still have a file open there.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def remount(place: Path, mode: str) -> None:
    """Make a small disk read-only (`ro`) or writable again (`rw`); files that are open stay as they are.

    The kernel refuses while a write is under way (EBUSY), so it is asked until there is none.
    """
    command = ["mount", "-o", f"remount,bind,{mode}", str(place)]
    for _ in range(500):
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.01)
    subprocess.run(command, check=True)
