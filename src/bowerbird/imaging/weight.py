"""Counts how many bytes of a file are the picture itself.

Anybody can append a film, a profile or a novel to a small JPEG. That does not make it a better copy.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from bowerbird.imaging.containers.avif import boxes

_PNG_SIGNATURE: Final = 8
_PNG_CHUNK: Final = 12  # length, name and checksum
_RIFF_HEADER: Final = 12
_RIFF_CHUNK: Final = 8
_WEBP_PICTURE: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH"})

# In a scan FF is followed by 00 where it is data, by D0 to D7 where the decoder restarts (ITU T.81, B.1.1).
_MARKER: Final = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPLICATION: Final = range(0xE0, 0xF0)


def weight(data: bytes, image_format: str) -> int:
    """Count the bytes of the first picture in a file of a kept format, less metadata and trailing data."""
    return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "AVIF": _avif}[image_format](data)


def _jpeg(data: bytes) -> int:
    total, place = 0, 0
    while (marker := _MARKER.search(data, place)) is not None:
        code, end = marker[1][0], marker.end()
        total += marker.start() - place  # the scan that this marker ends
        if code == _EOI:
            break
        if code != _SOI and end + 2 <= len(data):
            (length,) = struct.unpack_from(">H", data, end)
            end += length
        if code not in _APPLICATION and code != _COMMENT:
            total += min(end, len(data)) - marker.start()
        place = end
    return total


def _png(data: bytes) -> int:
    total, place = 0, _PNG_SIGNATURE
    while place + _PNG_CHUNK <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"IEND":
            break
        if name in {b"IDAT", b"PLTE"}:
            total += min(length, len(data) - place)
        place += length + _PNG_CHUNK
    return total


def _avif(data: bytes) -> int:
    """All that `mdat` holds: which of its bytes are EXIF, only a decoder knows."""
    return sum(min(end, len(data)) - start for name, start, end in boxes(data) if name == b"mdat")


def _webp(data: bytes) -> int:
    (size,) = struct.unpack_from("<I", data, 4)
    end, total, place = min(size + _RIFF_CHUNK, len(data)), 0, _RIFF_HEADER
    while place + _RIFF_CHUNK <= end:
        name, length = struct.unpack_from("<4sI", data, place)
        if name in _WEBP_PICTURE:
            total += min(length, end - place)
        place += _RIFF_CHUNK + length + length % 2
    return total
