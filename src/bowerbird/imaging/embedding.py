"""Puts an XMP packet into a copy of a picture's file. The pixels and all but older XMP stay as they are.

Where it goes: XMP specification part 3, for JPEG (APP1), PNG (iTXt) and WebP (RFC 9649, section 2.7.1.5).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bowerbird.imaging.formats import sniff

_JPEG_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_MORE: Final = b"http://ns.adobe.com/xmp/extension/\0"
_MAX_SEGMENT: Final = 65_533
_APP0, _APP1, _SOS, _EOI = 0xE0, 0xE1, 0xDA, 0xD9
_PNG_XMP: Final = b"XML:com.adobe.xmp\0"
_PNG_HEAD: Final = 8 + 25  # signature and IHDR
_VP8X, _XMP_FLAG, _ALPHA_FLAG = b"VP8X", 0x04, 0x10
_MAX_PARTS: Final = 100_000


def embedded(data: bytes, packet: bytes) -> bytes | None:
    """A copy of the file with the packet in it; None where the format has no place for it, or is damaged."""
    embed = _EMBED.get(sniff(data) or "")
    try:
        return embed(data, packet) if embed else None
    except (struct.error, IndexError):
        return None


def _jpeg(data: bytes, packet: bytes) -> bytes | None:
    segment = _JPEG_XMP + packet
    if len(segment) > _MAX_SEGMENT:
        return None
    parts, place = [data[:2]], 2
    before_ours = 1  # ours follows JFIF's and EXIF's segments, which readers want first
    for code, start, end in _segments(data):
        body = data[start + 4 : end]
        place = end
        if code == _APP1 and body.startswith((_JPEG_XMP, _JPEG_MORE)):
            continue
        parts.append(data[start:end])
        if len(parts) == before_ours + 1 and (code == _APP0 or body.startswith(b"Exif\0")):
            before_ours += 1
    ours = struct.pack(">BBH", 0xFF, _APP1, 2 + len(segment)) + segment
    return b"".join([*parts[:before_ours], ours, *parts[before_ours:], data[place:]])


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Code, start and end of each segment before the pixels, for as long as they follow one another."""
    place = 2
    while data[place] == 0xFF and data[place + 1] not in {_SOS, _EOI, 0xFF}:  # noqa: PLR2004 - a marker's first byte
        (length,) = struct.unpack_from(">H", data, place + 2)
        if length < 2 or place + 2 + length > len(data):  # noqa: PLR2004 - a length counts itself
            return
        yield data[place + 1], place, place + 2 + length
        place += 2 + length


def _png(data: bytes, packet: bytes) -> bytes | None:
    if data[12:16] != b"IHDR":
        return None
    body = b"iTXt" + _PNG_XMP + bytes(4) + packet  # uncompressed, no language, no translated keyword
    ours = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    kept, place = [data[:_PNG_HEAD], ours], _PNG_HEAD
    for _ in range(_MAX_PARTS):
        if place + 12 > len(data):
            break
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if not (name == b"iTXt" and data.startswith(_PNG_XMP, place + 8)):
            kept.append(data[place:end])
        place = end
    return b"".join([*kept, data[place:]])


def _webp(data: bytes, packet: bytes) -> bytes | None:
    chunks = [each for each in _chunks(data) if each[0] != b"XMP "]
    if not chunks:
        return None
    if chunks[0][0] != _VP8X:
        canvas = _canvas(*chunks[0])
        if canvas is None:
            return None
        chunks.insert(0, (_VP8X, canvas))
    flags = chunks[0][1]
    chunks[0] = (_VP8X, bytes([flags[0] | _XMP_FLAG]) + flags[1:])
    chunks.append((b"XMP ", packet))
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(part)) + part + bytes(len(part) % 2) for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    for _ in range(_MAX_PARTS):
        if place + 8 > len(data):
            return
        name, length = struct.unpack_from("<4sI", data, place)
        yield name, data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _canvas(name: bytes, body: bytes) -> bytes | None:
    """The chunk that an extended file begins with, made of a simple file's only one."""
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height, alpha = bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1
    elif name == b"VP8 ":
        wide, high = struct.unpack_from("<HH", body, 6)
        width, height, alpha = (wide & 0x3FFF) - 1, (high & 0x3FFF) - 1, 0
    else:
        return None
    if min(width, height) < 0:
        return None
    head = bytes([_ALPHA_FLAG if alpha else 0, 0, 0, 0])
    return head + int(width).to_bytes(3, "little") + int(height).to_bytes(3, "little")


_EMBED: Final[Mapping[str, Callable[[bytes, bytes], bytes | None]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
}
