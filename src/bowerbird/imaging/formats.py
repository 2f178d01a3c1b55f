"""Tells a file's format from its first bytes, never from its name or Content-Type: strangers choose those.

Only offset 0 counts, so a file that is an image and also something else (a polyglot) is judged and stored as
the image. More bytes may follow an image's end, for phones append motion clips and gain maps. That is safe,
because the bytes are only ever served under the type found here.
"""

from __future__ import annotations

from typing import Final

_MAGIC: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"\0\0\1\0", "ICO"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"8BPS", "PSD"),
    (b"gimp xcf", "XCF"),
    (b"qoif", "QOI"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"%PDF", "PDF"),
    (b"\x1a\x45\xdf\xa3", "WebM"),
    (b"OggS", "Ogg"),
    (b"FLV", "FLV"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\3\4", "ZIP"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)

# ISO/IEC 14496-12: `ftyp` at offset 4, then the brand.
_BRANDS: Final = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"hevc": "HEIC",
    b"heim": "HEIC",
    b"crx ": "CR3",
}

#: Brands that say that a file holds pictures, and not how they are compressed.
_CONTAINERS: Final = frozenset({b"mif1", b"msf1"})

_HTML: Final = tuple(
    b"<" + tag
    for tag in (b"!doctype html", b"html", b"head", b"body", b"script", b"title", b"meta", b"div", b"iframe")
)
_TEXT_WINDOW: Final = 1024


def sniff(data: bytes) -> str | None:
    """Name a format by its magic bytes; None when nothing known begins like this.

    `bowerbird.core.keys.FORMATS` holds those that are kept; every other name is only good for a reason.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF":
        return {b"WEBP": "WEBP", b"AVI ": "AVI", b"WAVE": "WAV"}.get(data[8:12], "RIFF")
    if data[4:8] == b"ftyp":
        return _branded(data)
    return _sniff_text(data[:_TEXT_WINDOW].removeprefix(b"\xef\xbb\xbf").lower())


def _branded(data: bytes) -> str:
    """The major brand decides, where it names a codec; else the first of the compatible ones that does."""
    size = min(int.from_bytes(data[:4], "big"), _TEXT_WINDOW)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, size, 4))]
    if brands[0] in _CONTAINERS:
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), "HEIC")
    return _BRANDS.get(brands[0], "MP4")


def _sniff_text(text: bytes) -> str | None:
    text = text.lstrip()
    declared = "XML" if text.startswith(b"<?xml") else None
    if declared:
        text = text.partition(b"?>")[2].lstrip()
    while text.startswith(b"<!--"):
        text = text.partition(b"-->")[2].lstrip()
    if text.startswith((b"<svg", b"<!doctype svg")):
        return "SVG"
    if text.startswith(_HTML):
        return "HTML"
    if text[:1] in {b"{", b"["}:
        return "JSON"
    return declared
