"""Reads the canvas size of a WebP file from its first 30 bytes (RFC 9649, sections 2.5 to 2.7)."""

from __future__ import annotations

import struct
from typing import Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word

_HEADER_BYTES: Final = 30
_VP8_START_CODE: Final = b"\x9d\x01\x2a"
_VP8L_SIGNATURE: Final = 0x2F


def webp_canvas(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels.

    Raises:
        PermanentError: `truncated` or `undecodable`.
    """
    if len(data) < _HEADER_BYTES:
        raise PermanentError("WebP shorter than its header", Word.TRUNCATED)
    (riff_size,) = struct.unpack_from("<I", data, 4)
    if riff_size + 8 > len(data):
        raise PermanentError(f"WebP of {riff_size + 8} bytes, {len(data)} are here", Word.TRUNCATED)
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = data[24:27], data[27:30]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if chunk == b"VP8L" and data[20] == _VP8L_SIGNATURE:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and data[23:26] == _VP8_START_CODE:
        width_field, height_field = struct.unpack_from("<HH", data, 26)
        return width_field & 0x3FFF, height_field & 0x3FFF
    raise PermanentError(f"WebP begins with {chunk!r}", Word.UNDECODABLE)
