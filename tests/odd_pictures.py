"""Odd files of every kept format, made by code: what a browser shows of them is what Bowerbird must see.

Each shows the same picture, or shows it in colours that only its metadata tell.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import numpy as np
from PIL import Image, ImageCms

_SIZE: Final = (96, 64)
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
#: Primaries by CICP's number, as x and y of red, green and blue; white is D65.
_BT2020: Final = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
P3: Final = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
_BT709: Final = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))


def picture() -> Image.Image:
    """Four corners that differ, and every brightness."""
    x, y = np.meshgrid(np.linspace(0, 1, _SIZE[0]), np.linspace(0, 1, _SIZE[1]))
    layers = [255 * x, 255 * (1 - y) * (0.3 + 0.7 * x), 60 + 160 * y * (1 - x)]
    return Image.fromarray(np.stack(layers, -1).astype(np.uint8), "RGB")


def png_chunk(name: bytes, data: bytes = b"", *, crc: int | None = None) -> bytes:
    """A chunk with its checksum, or with the one that is given."""
    checksum = zlib.crc32(name + data) if crc is None else crc
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def png_with(*extra: bytes, image: Image.Image | None = None, after: bytes = b"") -> bytes:
    """A PNG with chunks before its pixels, and others after them."""
    plain = saved(image or picture(), "PNG")
    end = plain.rindex(b"IEND") - 4
    return plain[:33] + b"".join(extra) + plain[33:end] + after + plain[end:]


def raw_png(colour: int, depth: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG of `_SIZE` of any colour type and depth; each row begins with its filter."""
    header = struct.pack(">IIBBBBB", *_SIZE, depth, colour, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + b"".join(extra) + png_chunk(b"IDAT", zlib.compress(rows))
    return _SIGNATURE + body + png_chunk(b"IEND")


def jpeg_with(*segments: bytes, image: Image.Image | None = None, **options: Any) -> bytes:
    """A JPEG with segments after its first marker."""
    plain = saved(image or picture(), "JPEG", quality=92, **options)
    return plain[:2] + b"".join(segments) + plain[2:]


def jpeg_segment(code: int, data: bytes) -> bytes:
    """A marker, its length and what it holds."""
    return struct.pack(">BBH", 0xFF, code, len(data) + 2) + data


def webp_with(*extra: tuple[bytes, bytes], image: Image.Image | None = None, flags: int = 0x2C) -> bytes:
    """An extended WebP with chunks around its pixels; `flags` say ICC, EXIF and XMP are there."""
    plain = saved(image or picture(), "WEBP", quality=92)
    width, height = (image or picture()).size
    canvas = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    first = [each for each in extra if each[0] == b"ICCP"]
    rest = [each for each in extra if each[0] != b"ICCP"]
    body = b"WEBP" + _riff(b"VP8X", canvas) + b"".join(_riff(*each) for each in first)
    body += plain[12:] + b"".join(_riff(*each) for each in rest)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(orientation: int) -> bytes:
    """A TIFF block that says how the picture is turned."""
    return b"MM\0*\0\0\0\x08\0\1" + struct.pack(">HHIHH", 0x112, 3, 1, orientation, 0) + bytes(4)


def xmp(orientation: int) -> bytes:
    """An XMP packet that says how the picture is turned."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        f'tiff:Orientation="{orientation}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


@cache
def srgb() -> bytes:
    """LittleCMS's sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def profile(  # noqa: PLR0913 - what a profile has
    gamma: float | None = None,
    *,
    space: bytes = b"RGB ",
    name: str = "sRGB",
    primaries: tuple[tuple[float, float], ...] = _BT709,
    code_points: tuple[int, int] | None = None,
    padding: int = 0,
) -> bytes:
    """An ICC profile, version 4, of a curve (None: sRGB's) and primaries; `padding` bytes make it heavy."""
    if gamma is None:
        curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0)
        curve += b"".join(_fixed(each) for each in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
    else:
        curve = b"para" + bytes(4) + struct.pack(">HH", 0, 0) + _fixed(gamma)
    text = name.encode("utf-16-be")
    described = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text
    tags = {b"desc": described, b"cprt": described, b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        columns = _to_d50(primaries)
        tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
        tags |= {tag: _xyz(*columns[:, at]) for at, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    if code_points:
        tags[b"cicp"] = b"cicp" + bytes(4) + bytes([*code_points, 0, 1])
    if padding:
        tags[b"padd"] = b"data" + bytes(4) + np.random.default_rng(1).bytes(padding)
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for tag, data in tags.items():
        table += tag + struct.pack(">II", at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x04300000, b"mntr", space, b"XYZ ") + bytes(12)
    head += b"acsp" + bytes(28) + _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _to_d50(primaries: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Columns of red, green and blue in XYZ, moved from D65 to the profile's D50 by Bradford's method."""
    white, d50 = np.array([0.9505, 1.0, 1.0891]), np.array([0.9642, 1.0, 0.8249])
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    columns = columns * np.linalg.solve(columns, white)
    cone = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    return np.linalg.inv(cone) @ np.diag((cone @ d50) / (cone @ white)) @ cone @ columns


def iccp(data: bytes) -> bytes:
    """PNG's chunk of a profile."""
    return png_chunk(b"iCCP", b"a name\0\0" + zlib.compress(data))


def gama(gamma: float) -> bytes:
    """PNG's chunk of the encoding gamma: 0.45455 is usual, 1 is linear."""
    return png_chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def chrm(primaries: tuple[tuple[float, float], ...]) -> bytes:
    """PNG's chunk of white and primaries."""
    points = ((0.3127, 0.3290), *primaries)
    return png_chunk(
        b"cHRM", b"".join(struct.pack(">I", round(v * 100_000)) for point in points for v in point)
    )


def cicp(primaries: int, transfer: int) -> bytes:
    """PNG's chunk of coding-independent code points (H.273)."""
    return png_chunk(b"cICP", bytes([primaries, transfer, 0, 1]))


_LITTLE: Final = b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)
_SRGB_CHUNK: Final = png_chunk(b"sRGB", b"\0")
_RAW_EXIF: Final = png_chunk(
    b"zTXt",
    b"Raw profile type exif\0\0"
    + zlib.compress(
        b"\nexif\n" + f"{len(exif(6)) + 6:8d}\n".encode() + (b"Exif\0\0" + exif(6)).hex().encode()
    ),
)


@cache
def corpus() -> Mapping[str, bytes]:
    """Every file by its name."""
    return _jpegs() | _png_shells() | _png_colours() | _png_modes() | _webps() | _avifs()


def icc_segments(data: bytes, count: int = 1) -> list[bytes]:
    """JPEG's segments of a profile."""
    size = -(-len(data) // count)
    return [
        jpeg_segment(0xE2, b"ICC_PROFILE\0" + bytes([at + 1, count]) + data[at * size : (at + 1) * size])
        for at in range(count)
    ]


def _jpegs() -> dict[str, bytes]:
    grey, inks = picture().convert("L"), picture().convert("CMYK")
    plain = jpeg_with()
    # Chromium does not show the last rows of these before the end marker comes: here they are few.
    tall = picture().resize((96, 960))
    sequential, scans = jpeg_with(image=tall, subsampling=0), jpeg_with(image=tall, progressive=True)
    linear, swapped = profile(1.0), profile(primaries=(_BT709[1], _BT709[0], _BT709[2]))
    exif_head = b"Exif\0\0"
    found = {
        "plain": plain,
        "exif-6": jpeg_with(jpeg_segment(0xE1, exif_head + exif(6))),
        "exif-3-twice": jpeg_with(
            jpeg_segment(0xE1, exif_head + exif(3)), jpeg_segment(0xE1, exif_head + exif(6))
        ),
        "exif-broken": jpeg_with(jpeg_segment(0xE1, exif_head + b"MM\0*\xff\xff\xff\xff" + b"\xff" * 50)),
        "exif-not-tiff": jpeg_with(jpeg_segment(0xE1, exif_head + b"not a TIFF file")),
        "exif-after-frame": _before_scan(plain, jpeg_segment(0xE1, exif_head + exif(6))),
        "exif-little-endian": jpeg_with(jpeg_segment(0xE1, exif_head + _LITTLE)),
        "exif-bad-then-6": jpeg_with(
            jpeg_segment(0xE1, exif_head + b"no"), jpeg_segment(0xE1, exif_head + exif(6))
        ),
        "exif-padded": jpeg_with(jpeg_segment(0xE1, b"Exif\0\xff" + exif(6))),
        "xmp-6": jpeg_with(jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(6))),
        "no-end": sequential[:-2],
        "no-end-progressive": scans[:-2],
        "half-an-end": sequential[:-1],
        "end-replaced": plain[:-2] + b"<html>gone</html>" * 20,
        "end-then-garbage": plain + b"PK\3\4" * 50,
        "no-end-then-zeros": plain[:-2] + bytes(2000),
        "no-end-restarts": jpeg_with(image=tall, subsampling=0, restart_marker_blocks=3)[:-2],
        "grey": jpeg_with(image=grey),
        "grey-linear": jpeg_with(*icc_segments(profile(1.0, space=b"GRAY")), image=grey),
        "grey-1.8": jpeg_with(*icc_segments(profile(1.8, space=b"GRAY")), image=grey),
        "grey-with-rgb-profile": jpeg_with(*icc_segments(linear), image=grey),
        "with-grey-profile": jpeg_with(*icc_segments(profile(1.0, space=b"GRAY"))),
        "linear-named-srgb": jpeg_with(*icc_segments(linear)),
        "srgb": jpeg_with(*icc_segments(srgb())),
        "p3": jpeg_with(*icc_segments(profile(primaries=P3, name="Display P3"))),
        "swapped": jpeg_with(*icc_segments(swapped)),
        "swapped-then-srgb": jpeg_with(*icc_segments(swapped), *icc_segments(srgb())),
        "swapped-in-parts": jpeg_with(*icc_segments(swapped, 4)),
        "swapped-out-of-order": jpeg_with(*icc_segments(swapped, 4)[::-1]),
        "swapped-lacks-a-part": jpeg_with(*icc_segments(swapped, 4)[:3]),
        "profile-cut": jpeg_with(*icc_segments(swapped[:200])),
        "cmyk": jpeg_with(image=inks),
        "cmyk-with-rgb-profile": jpeg_with(*icc_segments(linear), image=inks),
        "adobe-rgb": jpeg_with(keep_rgb=True),
        "filled": plain[:2] + b"\xff\xff\xff" + plain[2:],
        "jfif-short": plain[:2] + jpeg_segment(0xE0, b"JFIF\0\1") + plain[20:],
        "adobe-short": jpeg_with(jpeg_segment(0xEE, b"Adobe\0")),
        "hdr-profile": jpeg_with(*icc_segments(profile(2.2, code_points=(9, 16)))),
        "comment-64k": jpeg_with(jpeg_segment(0xFE, b"x" * 65_000)),
    }
    return {f"jpeg-{name}.jpg": data for name, data in found.items()}


def _before_scan(data: bytes, segment: bytes) -> bytes:
    scan = data.index(b"\xff\xda")
    return data[:scan] + segment + data[scan:]


def _png_shells() -> dict[str, bytes]:
    """What stands around the pixels."""
    plain = png_with()
    found = {
        "plain": plain,
        "text-bad-crc": png_with(png_chunk(b"tEXt", b"Comment\0hello", crc=1)),
        "text-bad-crc-after": png_with(after=png_chunk(b"tEXt", b"Comment\0hello", crc=1)),
        "exif-broken": png_with(png_chunk(b"eXIf", b"not a TIFF file")),
        "exif-bad-crc": png_with(png_chunk(b"eXIf", exif(6), crc=1)),
        "exif-6": png_with(png_chunk(b"eXIf", exif(6))),
        "exif-6-after": png_with(after=png_chunk(b"eXIf", exif(6))),
        "exif-8-with-head": png_with(png_chunk(b"eXIf", b"Exif\0\0" + exif(8))),
        "xmp-6": png_with(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(6))),
        "raw-profile-6": png_with(_RAW_EXIF),
        "ztxt-2mb": png_with(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2_400_000)))),
        "ztxt-broken": png_with(png_chunk(b"zTXt", b"Comment\0\0not zlib")),
        "text-empty": png_with(png_chunk(b"tEXt", b""), png_chunk(b"zTXt", b""), png_chunk(b"iTXt", b"")),
        "many-texts": png_with(*[png_chunk(b"tEXt", b"Comment\0" + b"x" * 500)] * 3000),
        "phys-broken": png_with(
            png_chunk(b"pHYs", b"\0"), png_chunk(b"tIME", b"\1"), png_chunk(b"bKGD", b"")
        ),
        "no-end": plain[: plain.rindex(b"IEND") - 4],
        "end-bad-crc": plain[:-4] + b"\0\0\0\0",
        "end-then-garbage": plain + b"PK\3\4" * 50,
        "counts-bad-crc": png_with(png_chunk(b"acTL", struct.pack(">II", 2, 0), crc=1)),
        "counts-short": png_with(png_chunk(b"acTL", b"\0")),
        "text-without-end": png_with(after=struct.pack(">I4s", 0x7FFFFFFF, b"tEXt")),
        "cut-after-pixels": plain[: plain.rindex(b"IEND") - 8],
        "private-chunk": png_with(png_chunk(b"prVt", b"x" * 100)),
        "idat-in-parts": _split(plain),
    }
    return {f"png-{name}.png": data for name, data in found.items()}


def _split(data: bytes) -> bytes:
    at = data.index(b"IDAT")
    (size,) = struct.unpack_from(">I", data, at - 4)
    pixels = data[at + 4 : at + 4 + size]
    parts = b"".join(png_chunk(b"IDAT", pixels[start : start + 100]) for start in range(0, size, 100))
    return data[: at - 4] + parts + data[at + 8 + size :]


def _png_colours() -> dict[str, bytes]:
    """What says which colours the numbers mean."""
    linear, grey = profile(1.0), picture().convert("L")
    swapped = (_BT709[1], _BT709[0], _BT709[2])
    found = {
        "iccp-linear-named-srgb": png_with(iccp(linear)),
        "iccp-linear-bad-crc": png_with(png_chunk(b"iCCP", b"a\0\0" + zlib.compress(linear), crc=1)),
        "iccp-2mb": png_with(iccp(profile(1.0, padding=2_000_000))),
        "iccp-broken": png_with(png_chunk(b"iCCP", b"a\0\0not zlib")),
        "iccp-broken-srgb-gama": png_with(png_chunk(b"iCCP", b"a\0\0not zlib"), _SRGB_CHUNK, gama(1.0)),
        "iccp-noise-gama": png_with(iccp(b"\xff" * 500), gama(1.0)),
        "iccp-over-srgb": png_with(iccp(linear), _SRGB_CHUNK),
        "srgb-broken-gama": png_with(gama(1.0), png_chunk(b"sRGB", b"\x09")),
        "srgb-over-gama": png_with(_SRGB_CHUNK, gama(1.0)),
        "iccp-over-gama": png_with(iccp(srgb()), gama(1.0)),
        "gama-1": png_with(gama(1.0)),
        "gama-0.45455": png_with(gama(0.45455)),
        "gama-0.47": png_with(gama(0.47)),
        "gama-0.55": png_with(gama(0.55)),
        "gama-0": png_with(gama(0)),
        "gama-bad-crc": png_with(png_chunk(b"gAMA", struct.pack(">I", 100_000), crc=1)),
        "chrm-swapped": png_with(chrm(swapped)),
        "chrm-swapped-gama": png_with(gama(0.45455), chrm(swapped)),
        "chrm-p3-gama": png_with(gama(0.45455), chrm(P3)),
        "chrm-broken-gama": png_with(gama(1.0), png_chunk(b"cHRM", bytes(32))),
        "grey-gama-1": png_with(gama(1.0), image=grey),
        "grey-iccp-linear": png_with(iccp(profile(1.0, space=b"GRAY")), image=grey),
        "grey-iccp-rgb": png_with(iccp(linear), image=grey),
        "rgb-iccp-grey": png_with(iccp(profile(1.0, space=b"GRAY"))),
        "palette-gama-1": png_with(gama(1.0), image=picture().quantize(64)),
        "alpha-iccp-linear": png_with(iccp(linear), image=_veiled()),
        "cicp-pq": png_with(cicp(9, 16)),
        "cicp-pq-709": png_with(cicp(1, 16)),
        "cicp-hlg": png_with(cicp(9, 18)),
        "cicp-pq-narrow": png_with(png_chunk(b"cICP", bytes([9, 16, 0, 0]))),
        "cicp-short": png_with(png_chunk(b"cICP", bytes([9, 16, 0]))),
        "cicp-after": png_with(after=cicp(9, 16)),
        "cicp-xyz": png_with(cicp(10, 13)),
        "cicp-240m": png_with(cicp(7, 7)),
        "cicp-cinema": png_with(cicp(11, 17)),
        "cicp-srgb": png_with(cicp(1, 13)),
        "cicp-p3": png_with(cicp(12, 13)),
        "cicp-2020": png_with(cicp(9, 14)),
        "cicp-709": png_with(cicp(1, 1)),
        "cicp-linear": png_with(cicp(1, 8)),
        "cicp-gamma-2.2": png_with(cicp(1, 4)),
        "cicp-gamma-2.8": png_with(cicp(1, 5)),
        "cicp-unspecified-gama": png_with(cicp(2, 2), gama(1.0)),
        "cicp-over-iccp": png_with(cicp(1, 13), iccp(linear)),
        "cicp-grey-pq": png_with(cicp(9, 16), image=grey),
        "cicp-matrix": png_with(png_chunk(b"cICP", bytes([9, 16, 9, 1]))),
        "cicp-narrow": png_with(png_chunk(b"cICP", bytes([1, 13, 0, 0]))),
    }
    return {f"png-{name}.png": data for name, data in found.items()}


def _veiled() -> Image.Image:
    veiled = picture()
    veiled.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, _SIZE[0]).astype(np.uint8), (_SIZE[1], 1))))
    return veiled


def _png_modes() -> dict[str, bytes]:
    """Every way to write a pixel, with what makes it transparent."""
    grey = np.asarray(picture().convert("L"))
    wide = (grey.astype(np.uint16) * 257).astype(">u2")
    wide[:32] = 0x1234
    colours = (np.asarray(picture()).astype(np.uint16) * 257).astype(">u2")
    colours[:32] = 0x1234
    small = grey.copy()
    small[:32] = 7
    indexed = picture().quantize(16)
    found = {
        "grey16": raw_png(0, 16, _rows(wide)),
        "grey16-trns": raw_png(0, 16, _rows(wide), png_chunk(b"tRNS", b"\x12\x34")),
        "grey16-trns-gama": raw_png(0, 16, _rows(wide), gama(1.0), png_chunk(b"tRNS", b"\x12\x34")),
        "grey8-trns": raw_png(0, 8, _rows(small), png_chunk(b"tRNS", b"\0\7")),
        "grey8-trns-short": raw_png(0, 8, _rows(small), png_chunk(b"tRNS", b"\7")),
        "rgb16": raw_png(2, 16, _rows(colours)),
        "rgb16-trns": raw_png(2, 16, _rows(colours), png_chunk(b"tRNS", b"\x12\x34" * 3)),
        "grey-alpha": saved(_veiled().convert("LA"), "PNG"),
        "grey16-alpha": raw_png(4, 16, _rows(np.stack([wide, wide[::-1]], -1))),
        "rgba": saved(_veiled(), "PNG"),
        "palette-trns": saved(indexed, "PNG", transparency=indexed.getpixel((0, 0))),
        "palette-trns-long": saved(indexed, "PNG", transparency=bytes(range(0, 256, 16))),
        "one-bit": saved(picture().convert("L").point(lambda value: 255 * (value > 90), "1"), "PNG"),
        "grey4-trns": raw_png(0, 4, _nibbles(grey), png_chunk(b"tRNS", b"\0\3")),
    }
    return {f"png-{name}.png": data for name, data in found.items()}


def _rows(values: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in values)


def _nibbles(grey: np.ndarray) -> bytes:
    high, low = grey[:, ::2] >> 4, grey[:, 1::2] >> 4
    return _rows(((high << 4) | low).astype(np.uint8))


def _webps() -> dict[str, bytes]:
    linear = profile(1.0)
    plain = saved(picture(), "WEBP", quality=92)
    found = {
        "plain": plain,
        "lossless": saved(picture(), "WEBP", lossless=True),
        "alpha": saved(_veiled(), "WEBP", lossless=True),
        "alpha-linear": saved(_veiled(), "WEBP", lossless=True, icc_profile=linear),
        "linear-named-srgb": webp_with((b"ICCP", linear)),
        "grey-profile": webp_with((b"ICCP", profile(1.0, space=b"GRAY"))),
        "profile-without-flag": webp_with((b"ICCP", linear), flags=0),
        "profile-2mb": webp_with((b"ICCP", profile(1.0, padding=2_000_000))),
        "profile-broken": webp_with((b"ICCP", b"\xff" * 500)),
        "exif-6": webp_with((b"EXIF", exif(6))),
        "exif-6-by-libwebp": saved(picture(), "WEBP", exif=b"Exif\0\0" + exif(6)),
        "exif-6-with-head": webp_with((b"EXIF", b"Exif\0\0" + exif(6))),
        "exif-broken": webp_with((b"EXIF", b"not a TIFF file")),
        "exif-noise": webp_with((b"EXIF", b"MM\0*" + b"\xff" * 200)),
        "xmp-6": webp_with((b"XMP ", xmp(6))),
        "unknown-chunk": webp_with((b"abcd", b"x" * 33)),
        "end-then-garbage": plain + b"PK\3\4" * 50,
    }
    return {f"webp-{name}.webp": data for name, data in found.items()}


def _avifs() -> dict[str, bytes]:
    turned, plain = Image.Exif(), saved(picture(), "AVIF", quality=90, speed=8)
    turned[0x112] = 6
    # Pillow writes orientations as boxes of their own: this one's tag is put in afterwards.
    other = exif(6).replace(b"\x01\x12", b"\x01\x13")
    only_exif = saved(picture(), "AVIF", quality=90, speed=8, exif=b"Exif\0\0" + other)
    found = {
        "plain": plain,
        "turned": saved(picture(), "AVIF", quality=90, speed=8, exif=turned),
        "exif-6-only": only_exif.replace(other, exif(6)),
        "exif-broken": only_exif.replace(other, b"not a TIFF" + other[10:]),
        "xmp-6": saved(picture(), "AVIF", quality=90, speed=8, xmp=xmp(6)),
        "linear-named-srgb": saved(picture(), "AVIF", quality=90, speed=8, icc_profile=profile(1.0)),
        "grey": saved(picture().convert("L"), "AVIF", quality=90, speed=8),
        "alpha": saved(_veiled(), "AVIF", quality=95, speed=8),
        "pq": nclx(plain, 9, 16),
        "hlg": nclx(plain, 9, 18),
        "p3": nclx(plain, 12, 13),
        "709": nclx(plain, 1, 1),
        "2020": nclx(plain, 9, 14),
        "pq-unsaid-primaries": nclx(plain, 2, 16),
        "linear": nclx(plain, 1, 8),
    }
    return {f"avif-{name}.avif": data for name, data in found.items()}


def nclx(data: bytes, primaries: int, transfer: int) -> bytes:
    """The same AVIF under other code points."""
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]
