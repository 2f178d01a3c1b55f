"""Pictures on this machine, decoded in processes of their own: most of them came from strangers once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PIL import Image

from bowerbird.core.cores import cores
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import SUFFIXES
from bowerbird.imaging import thumbnail
from bowerbird.imaging.isolated import IsolatedDecoder

#: It starts its first worker with the first picture; they end with this process.
DECODER: Final = IsolatedDecoder(workers=cores())


def find(places: Iterable[Path]) -> list[Path]:
    """List the named files and the pictures in the named folders; sorted, each once.

    Raises:
        UsageError: a place does not exist, or is something else.
    """
    found: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            inside = (path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
            found |= dict.fromkeys(sorted(inside))
        elif place.is_file():
            found[place] = None
        elif place.exists():  # a device may have no end, and a pipe may never begin
            raise UsageError(f"{place} is neither a file nor a folder")
        else:
            raise UsageError(f"{place} does not exist")
    return list(found)


def read(path: Path, min_side: int) -> Image.Image:
    """Decode as the filter does: RGB, upright, sRGB, no smaller than `min_side`.

    Raises:
        PermanentError: not a picture that is kept; the text starts with the reason.
        OSError: the file cannot be read.
    """
    return DECODER.decode(path.read_bytes(), min_side=min_side)


def small(data: bytes, side: int) -> bytes:
    """Make a JPEG of a picture's file, at most `side` pixels wide and tall.

    Raises:
        PermanentError: as `read`.
    """
    return thumbnail(DECODER.decode(data, min_side=side), side)
