"""Takes AVIF files apart: boxes inside boxes (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES, Colour, Shell

# What a box holds before the boxes inside it.
_HOLDERS: Final = {b"meta": 4, b"iinf": 6, b"iprp": 0, b"ipco": 0}
_NAMELESS: Final = b"free"
_SIDE_ITEMS: Final = frozenset({b"Exif", b"mime", b"uri "})
_ITEM_TYPE: Final = 8  # in an `infe` box of version 2: version, flags, id and protection come before it
_HEAD: Final = 8
# H.273's numbers. Browsers show what cameras' curves encode by sRGB's.
_BT709, _SRGB, _UNSAID = 1, 13, 2
_LIKE_SRGB: Final = frozenset({1, _UNSAID, 6, 14, 15})
_PARTS: Final = frozenset({b"ftyp", b"meta", b"mdat"})
_MAX_BOXES: Final = 5_000
_MAX_DEPTH: Final = 4


def avif(data: bytes) -> Shell:
    """Take an AVIF apart: its EXIF and XMP get a name that no decoder knows.

    The decoder tells how the picture is turned: by `irot` and `imir`, and not by EXIF.
    """
    bare = bytearray(data)
    code_points, profile, whole = None, None, True
    for name, start, end in boxes(data):
        whole = whole and not (name in _PARTS and end > len(data))
        if name == b"infe" and data[start + _ITEM_TYPE : start + _ITEM_TYPE + 4] in _SIDE_ITEMS:
            bare[start + _ITEM_TYPE : start + _ITEM_TYPE + 4] = _NAMELESS
        elif name == b"colr":
            kind, body = data[start : start + 4], data[start + 4 : end]
            if kind == b"nclx" and code_points is None and len(body) >= 4:  # noqa: PLR2004 - two numbers
                primaries, transfer = struct.unpack_from(">HH", body)
                code_points = (
                    _BT709 if primaries == _UNSAID else primaries,
                    _SRGB if transfer in _LIKE_SRGB else transfer,
                )
            elif kind in {b"prof", b"rICC"} and profile is None and len(body) <= MAX_PROFILE_BYTES:
                profile = body
    # Here a profile counts before code points, which then only say how brightness and colour were parted.
    return Shell(bytes(bare), None, Colour(None if profile else code_points, profile), whole=whole)


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of what each box holds; few, and none inside another more than a few deep.

    The end of one that is cut off lies behind the end of the data.
    """
    waiting = [(0, len(data), 0)]
    for _ in range(_MAX_BOXES):
        if not waiting:
            return
        place, end, depth = waiting.pop()
        if place + _HEAD > end:
            continue
        size, name, inside = _head(data, place, end)
        if size < inside - place or (place + size > end and depth):
            continue
        after = place + size
        waiting.append((after, end, depth))
        if name in _HOLDERS and depth < _MAX_DEPTH:
            waiting.append((inside + _HOLDERS[name], min(after, end), depth + 1))
        yield name, inside, after


def _head(data: bytes, place: int, end: int) -> tuple[int, bytes, int]:
    """Size and name of a box, and where its inside begins."""
    size, name = struct.unpack_from(">I4s", data, place)
    if size == 1 and place + 2 * _HEAD <= end:
        (size,) = struct.unpack_from(">Q", data, place + _HEAD)
        return size, name, place + 2 * _HEAD
    return size or end - place, name, place + _HEAD
