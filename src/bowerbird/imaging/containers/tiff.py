"""Reads the orientation in a TIFF block, the one field of EXIF that changes what a browser shows."""

from __future__ import annotations

import struct
from typing import Final

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_ENTRY_BYTES: Final = 12
_ALLOWED: Final = range(1, 9)


def orientation(block: bytes) -> int:
    """Return EXIF's orientation, 1 to 8, from the first directory; 1 where there is none or it is damaged."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 1
    try:
        (place,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, place)
        for at in range(place + 2, place + 2 + count * _ENTRY_BYTES, _ENTRY_BYTES):
            tag, kind, values, value, _ = struct.unpack_from(order + "HHIHH", block, at)
            if (tag, kind, values) == (_ORIENTATION, _SHORT, 1) and value in _ALLOWED:
                return int(value)
    except struct.error:
        return 1
    return 1
