"""Takes JPEG files apart (ITU T.81, annex B)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final

from bowerbird.imaging.containers.shell import MAX_PROFILE_BYTES, PLAIN, Colour, Shell
from bowerbird.imaging.containers.tiff import orientation

_SOI, _EOI, _SOS, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP: Final = range(0xE0, 0xF0)
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
# JFIF's and Adobe's segments say which colours the components are, where libjpeg finds them long enough.
_JFIF_BYTES, _ADOBE_BYTES = 14, 12
_MARKER: Final = re.compile(rb"\xff([^\0\xff])", re.DOTALL)
_MAX_SEGMENTS: Final = 10_000  # behind them, libjpeg skips what it has no use for
_LENGTH_BYTES: Final = 2  # a length counts itself
_EXIF: Final = re.compile(rb"Exif\0.", re.DOTALL)  # the sixth byte is padding, of any value
_ICC: Final = b"ICC_PROFILE\0"
_NUMBERS_BYTES: Final = 2  # the part's, and of how many

_START: Final = bytes([0xFF, _SOI])
_END: Final = bytes([0xFF, _EOI])
_RESTART: Final = re.compile(rb"\xff([\xd0-\xd7])")
_SCAN: Final = re.compile(rb"\xff\xda(..)(.)", re.DOTALL)
# Nothing pads with less, and no picture ends with as many zeros.
_PADDING_BYTES: Final = 8
_NOISE: Final = bytes((37 * number * number + 11 * number + 5) % 251 for number in range(64))

Segment = tuple[int, bytes]


def jpeg(data: bytes) -> Shell:
    """Take a JPEG apart. Every segment before the pixels that libjpeg has no use for is left out."""
    segments, pixels = _header(data)
    kept = [each for each in segments if _needed(*each)]
    blocks = [body[6:] for code, body in segments if code == _APP1 and _EXIF.match(body)]
    turned = next((turn for turn in map(orientation, blocks)), 1)
    profile = _profile(
        [body[len(_ICC) :] for code, body in segments if code == _APP2 and body.startswith(_ICC)]
    )
    colour = Colour(profile=profile) if profile else PLAIN
    if data.endswith(_END, pixels) or data.find(_END, pixels) >= 0:
        whole = kept == segments
        return Shell(data if whole else _joined(kept, memoryview(data)[pixels:]), turned, colour)
    scans = _unpadded(data[pixels:])
    return Shell(
        _joined(kept, scans, _END),
        turned,
        colour,
        otherwise=_joined(kept, scans, _NOISE, _next_restart(scans), _NOISE, _END),
        whole=_every_scan(segments, scans),
    )


def unended(data: bytes) -> Shell:
    """Take a JPEG apart as if it had no end marker, to find out whether that came too early."""
    _, pixels = _header(data)
    return jpeg(data[: data.index(_END, pixels)])


def _header(data: bytes) -> tuple[list[Segment], int]:
    """The segments before the first scan, and where that begins."""
    found: list[Segment] = []
    place = 2
    for _ in range(_MAX_SEGMENTS):
        marker = _MARKER.search(data, place)
        if marker is None or marker.end() + _LENGTH_BYTES > len(data):
            break
        code, start = marker[1][0], marker.end()
        if code in _ALONE:
            place = start
            continue
        (length,) = struct.unpack_from(">H", data, start)
        if code in {_SOS, _EOI} or length < _LENGTH_BYTES or start + length > len(data):
            return found, marker.start()
        found.append((code, data[start + _LENGTH_BYTES : start + length]))
        place = start + length
    return found, place


def _joined(segments: Sequence[Segment], *rest: bytes | memoryview) -> bytes:
    heads = (struct.pack(">BBH", 0xFF, code, _LENGTH_BYTES + len(body)) for code, body in segments)
    header = [part for head, (_, body) in zip(heads, segments, strict=True) for part in (head, body)]
    return b"".join([_START, *header, *rest])


def _needed(code: int, body: bytes) -> bool:
    if code == _APP0:
        return body.startswith(b"JFIF\0") and len(body) >= _JFIF_BYTES
    if code == _APP14:
        return body.startswith(b"Adobe") and len(body) >= _ADOBE_BYTES
    return code not in _APP and code != _COMMENT


def _profile(parts: Sequence[bytes]) -> bytes | None:
    """Put a profile together (ICC.1:2022, annex B.4). One that lacks a part is none."""
    numbered: dict[int, bytes] = {}
    for part in parts:
        if len(part) > _NUMBERS_BYTES:
            numbered.setdefault(part[0], part[_NUMBERS_BYTES:])
    count = parts[0][1] if numbered and len(parts[0]) > 1 else 0
    if not count or set(numbered) != set(range(1, count + 1)):
        return None
    whole = b"".join(numbered[number] for number in range(1, count + 1))
    return whole if len(whole) <= MAX_PROFILE_BYTES else None


def _unpadded(scans: bytes) -> bytes:
    bare = scans.rstrip(b"\0\xff")
    return bare if len(scans) - len(bare) >= _PADDING_BYTES else scans.rstrip(b"\xff")


def _next_restart(scans: bytes) -> bytes:
    """The restart marker that would follow, for pictures that have them."""
    last = -1
    for found in _RESTART.finditer(scans, scans.rfind(b"\xff\xda")):
        last = found[1][0] - 0xD0
    return bytes([0xFF, 0xD0 + (last + 1) % 8])


def _every_scan(segments: Sequence[Segment], scans: bytes) -> bool:
    """Tell whether every coefficient of every component has come, to its last bit."""
    frame = next((body for code, body in segments if code in _FRAMES and len(body) > 5), b"")  # noqa: PLR2004
    missing = {component: set(range(64)) for component in frame[6::3]}
    for component, first, last, low in _scanned(scans):
        if low == 0 and component in missing:
            missing[component] -= set(range(first, last + 1))
    return bool(missing) and not any(missing.values())


def _scanned(scans: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Component, first and last coefficient and lowest bit of each scan."""
    for found in _SCAN.finditer(scans):
        head = scans[found.start() + 4 : found.start() + 4 + 4 + 2 * found[2][0]]
        count = found[2][0]
        if len(head) < 4 + 2 * count:
            return
        first, last, bits = head[1 + 2 * count :]
        for at in range(count):
            yield head[1 + 2 * at], first, last, bits & 15
