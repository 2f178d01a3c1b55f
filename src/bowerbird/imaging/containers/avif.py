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
_MAX_BOXES: Final = 5_000
_MAX_DEPTH: Final = 4


def avif(data: bytes) -> Shell:
    """Take an AVIF apart: its EXIF and XMP get a name that no decoder knows.

    The decoder tells how the picture is turned: by `irot` and `imir`, and not by EXIF.
    """
    bare = bytearray(data)
    code_points, profile = None, None
    for name, start, end in boxes(data):
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
    return Shell(bytes(bare), None, Colour(None if profile else code_points, profile))


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of what each box holds; few, and none inside another more than a few deep."""
    waiting = [(0, len(data), 0)]
    for _ in range(_MAX_BOXES):
        if not waiting:
            return
        start, end, depth = waiting.pop()
        if start + _HEAD > end:
            continue
        size, name = struct.unpack_from(">I4s", data, start)
        head = _HEAD
        if size == 1 and start + 2 * _HEAD <= end:
            (size,) = struct.unpack_from(">Q", data, start + _HEAD)
            head = 2 * _HEAD
        size = size or end - start
        if size < head or start + size > end:
            continue
        waiting.append((start + size, end, depth))
        inside = start + head
        if name in _HOLDERS and depth < _MAX_DEPTH:
            waiting.append((inside + _HOLDERS[name], start + size, depth + 1))
        yield name, inside, start + size
