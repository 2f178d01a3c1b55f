"""Takes WebP files apart (RFC 9649), and reads the size of the canvas from the first 30 bytes."""

from __future__ import annotations

import struct
from typing import Final

from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES, PLAIN, Colour, Shell

_HEADER_BYTES: Final = 30
_VP8_START_CODE: Final = b"\x9d\x01\x2a"
_VP8L_SIGNATURE: Final = 0x2F

_MAX_CHUNKS: Final = 100_000
_RIFF_HEADER: Final = 12
_RIFF_CHUNK: Final = 8
_PIXELS: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_FLAGS: Final = _RIFF_HEADER + _RIFF_CHUNK
_HAS_PROFILE, _HAS_EXIF, _HAS_XMP = 0x20, 0x08, 0x04


def webp(data: bytes) -> Shell:
    """Take a WebP apart. Browsers turn none, whatever its EXIF says."""
    if len(data) < _HEADER_BYTES:
        return Shell(data)
    (size,) = struct.unpack_from("<I", data, 4)
    extended, view = data[12:16] == b"VP8X", memoryview(data)
    kept: list[bytes | memoryview] = []
    profile = None
    place, end = _RIFF_HEADER, min(size + _RIFF_CHUNK, len(data))
    for _ in range(_MAX_CHUNKS):
        if place + _RIFF_CHUNK > end:
            break
        name, length = struct.unpack_from("<4sI", data, place)
        after = place + _RIFF_CHUNK + length + length % 2
        if name in _PIXELS:
            kept.append(view[place : min(after, end)])
        elif name == b"ICCP" and profile is None and length <= MAX_PROFILE_BYTES:
            profile = data[place + _RIFF_CHUNK : min(place + _RIFF_CHUNK + length, end)]
        place = after
    if not extended or not data[_FLAGS] & _HAS_PROFILE:
        profile = None
    if kept and kept[0][:4] == b"VP8X" and len(kept[0]) > _RIFF_CHUNK:
        canvas = bytearray(kept[0])
        canvas[_RIFF_CHUNK] &= ~(_HAS_PROFILE | _HAS_EXIF | _HAS_XMP)
        kept[0] = bytes(canvas)
    head = b"RIFF" + struct.pack("<I", len(b"WEBP") + sum(map(len, kept))) + b"WEBP"
    return Shell(b"".join([head, *kept]), colour=Colour(profile=profile) if profile else PLAIN)


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
