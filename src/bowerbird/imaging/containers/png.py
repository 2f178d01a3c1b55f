"""Takes PNG files apart (W3C Portable Network Graphics, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES, PLAIN, Chromaticities, Colour, Shell
from bowerbird.imaging.containers.tiff import orientation

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MAX_CHUNKS: Final = 1_000_000
_COUNTS_BYTES: Final = 8  # of frames and repetitions, in acTL
_AROUND: Final = 12  # length, name and checksum
_PIXELS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_FRAMES: Final = frozenset({b"fcTL", b"fdAT"})
_SAYS: Final = frozenset({b"tRNS", b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL"})
_GREY, _RGB, _PALETTE = 0, 2, 3
_TRNS_BYTES: Final = {_GREY: range(2, 3), _RGB: range(6, 7), _PALETTE: range(1, 257)}
# Alone, a gamma so near to a screen's changes nothing in browsers.
_USUAL_GAMMA, _USUALLY = 2.2, 0.05
_UNIT: Final = 100_000  # gAMA and cHRM count in these
_HEADER: Final = struct.Struct(">IIBBBBB")
_FULL_RGB: Final = b"\0\1"  # what cICP must say of matrix and range
_INTENTS: Final = 4

Chunks = dict[bytes, bytes]


def png(data: bytes) -> Shell:
    """Take a PNG apart. A chunk that says something counts if it stands before the pixels and is sound."""
    view = memoryview(data)
    kept, said = [memoryview(_SIGNATURE)], Chunks()
    wanted, begun, end = _PIXELS, False, len(_SIGNATURE)
    for name, start, end in _chunks(data):
        begun = begun or name == b"IDAT"
        if name in wanted:
            kept.append(view[start:end])
        elif name in _SAYS and not begun and _sound(data, start, end):
            said.setdefault(name, data[start + 8 : end - 4])
            if name == b"tRNS":
                kept.append(memoryview(_transparent(data, said[name])))
            elif name == b"acTL" and end - start == _AROUND + _COUNTS_BYTES:
                kept.append(view[start:end])
                wanted = _PIXELS | _FRAMES
    if not begun or data[end + 4 : end + 8] in wanted:  # a chunk that is cut off
        kept.append(view[end:])
    return Shell(b"".join(kept), orientation(said.get(b"eXIf", b"")), _colour(said))


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each whole chunk. What comes after very many goes to the decoder as it is."""
    start = len(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if start + _AROUND > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, start)
        end = start + _AROUND + length
        if end > len(data):
            return
        yield name, start, end
        start = end
        if name == b"IEND":
            return


def _sound(data: bytes, start: int, end: int) -> bool:
    if end - start > MAX_PROFILE_BYTES:
        return False
    (checksum,) = struct.unpack_from(">I", data, end - 4)
    return bool(zlib.crc32(memoryview(data)[start + 4 : end - 4]) == checksum)


def _transparent(data: bytes, body: bytes) -> bytes:
    """Write the chunk as Pillow wants it: it spreads fewer than 8 bits out, and halves 16 of colour."""
    if len(data) < len(_SIGNATURE) + 8 + _HEADER.size:
        return b""
    _, _, depth, kind, *_ = _HEADER.unpack_from(data, len(_SIGNATURE) + 8)
    if len(body) not in _TRNS_BYTES.get(kind, ()):
        return b""
    if kind == _GREY and depth in {1, 2, 4}:
        (value,) = struct.unpack(">H", body)
        body = struct.pack(">H", value % (1 << depth) * (255 // ((1 << depth) - 1)))
    if kind == _RGB and depth == 16:  # noqa: PLR2004 - bits
        body = b"".join(struct.pack(">H", value >> 8) for value in struct.unpack(">3H", body))
    return struct.pack(">I4s", len(body), b"tRNS") + body + struct.pack(">I", zlib.crc32(b"tRNS" + body))


def _colour(said: Chunks) -> Colour:
    points = said.get(b"cICP", b"")
    code_points = (points[0], points[1]) if points[2:] == _FULL_RGB else None
    profile = _inflated(said.get(b"iCCP", b""))
    if len(said.get(b"sRGB", b"")) == 1 and said[b"sRGB"][0] < _INTENTS:
        return Colour(code_points, profile) if code_points or profile else PLAIN
    gamma, chromaticities = _gamma(said.get(b"gAMA", b"")), None
    if b"cHRM" in said:
        chromaticities = _chromaticities(said[b"cHRM"])
        gamma = gamma if chromaticities else None
    elif gamma is not None and abs(gamma / _USUAL_GAMMA - 1) < _USUALLY:
        gamma = None  # sRGB is meant
    return Colour(code_points, profile, gamma, chromaticities)


def _inflated(body: bytes) -> bytes | None:
    """The profile: after a name of any length come a zero and the method, which is zero too."""
    _, zero, packed = body.partition(b"\0")
    if not zero or packed[:1] != b"\0":
        return None
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacker.eof else None


def _gamma(body: bytes) -> float | None:
    if len(body) != 4:  # noqa: PLR2004 - bytes
        return None
    (value,) = struct.unpack(">I", body)
    return _UNIT / value if _UNIT / 1000 <= value <= 1000 * _UNIT else None


def _chromaticities(body: bytes) -> Chromaticities | None:
    if len(body) != 32:  # noqa: PLR2004 - bytes
        return None
    white, red, green, blue = struct.iter_unpack(">II", body)
    if not all(y > 0 and x + y <= _UNIT for x, y in (white, red, green, blue)):
        return None
    points = [(x / _UNIT, y / _UNIT) for x, y in (red, green, blue, white)]
    return points[0], points[1], points[2], points[3]
