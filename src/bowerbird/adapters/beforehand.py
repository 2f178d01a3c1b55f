"""Finds what is wrong before the first picture is read. Each check raises an error of one sentence."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.imaging import picture_files

_LONGEST_NAME: Final = 64


def bundle_name(folder: Path) -> str:
    """Name the bundle in this folder: `b_anime` gives `b-anime`, `Für Oma` gives `fur-oma`.

    Raises:
        UsageError: nothing of the folder's name can stand in a bundle's.
    """
    folder = folder.resolve()
    plain = unicodedata.normalize("NFKD", folder.name).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-")
    if not name:
        raise UsageError(
            f"{folder}: a bundle is called as its folder, in letters a to z and digits; rename it"
        )
    return name


def pictures_of(places: Iterable[Path], what: str, fewest: int = 1) -> list[Path]:
    """The picture files of these places, of which there must be enough that differ.

    Raises:
        UsageError: a place is not there or cannot be read, or holds too few.
    """
    places = list(places)
    found = picture_files.find(places)
    for place in places:
        if not os.access(place, os.R_OK | (os.X_OK if place.is_dir() else 0)):
            raise UsageError(f"{place} cannot be read; give yourself the right to")
        if place.is_dir() and not picture_files.find([place]):
            raise UsageError(f"{place} holds no picture: no .jpg, .png, .webp or .avif file is in it")
    different = _different(found, fewest)
    if different < fewest:
        copies = "" if different == len(found) else f", and only {different} of them differ"
        raise UsageError(f"{what}: {len(found)} pictures were found{copies}; give at least {fewest}")
    return found


def _different(paths: Sequence[Path], enough: int) -> int:
    """Count how many files differ, up to `enough`. A file that cannot be read does not count."""
    seen: set[bytes] = set()
    for path in paths:
        if len(seen) >= enough:
            break
        try:
            with path.open("rb") as file:
                seen.add(hashlib.file_digest(file, "sha256").digest())
        except OSError:
            continue
    return len(seen)


def folder_to_write(folder: Path, room: int = 0) -> None:
    """A folder must be there, or be one that can be made, with so many bytes free.

    Raises:
        UsageError: it is none of these.
    """
    there = folder if folder.exists() or folder.is_symlink() else _nearest(folder)
    if not there.is_dir():
        raise UsageError(f"{folder} cannot be written: {there} is no folder; name another")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"{folder} cannot be written: {there} is not yours to write to; name another")
    free = shutil.disk_usage(there).free
    if free < room:
        raise UsageError(
            f"{folder}: {room / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free; "
            "make room or name another"
        )


def file_to_write(path: Path, room: int = 0) -> None:
    """Check that a file can be made or written over, and that its folder exists and has so many bytes free.

    Raises:
        UsageError: one of these is not so.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}; make it first")
    if path.exists() and not os.access(path, os.W_OK):
        raise UsageError(f"{path} cannot be written: it is not yours to write to; name another")
    folder_to_write(path.parent, room)


def _nearest(folder: Path) -> Path:
    return next(each for each in folder.absolute().parents if each.exists() or each.is_symlink())
