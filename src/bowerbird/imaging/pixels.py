"""Decodes a picture once for everything that looks at it: RGB, upright, sRGB, no larger than needed."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.imaging.colour import to_srgb
from bowerbird.imaging.header import ImageInfo, open_image, reader_errors

#: What one decode may allocate, estimated from the header before anything is: 100 MP of RGB.
MAX_DECODE_BYTES: Final = 4 * 128 * 1024 * 1024

# Bytes a pixel. Pillow keeps RGB in four. Alpha, palettes and 16 bits need a second and a third copy on the
# way to RGB, and libwebp keeps two canvases beside Pillow's.
_PLAIN_COST: Final = 4
_CONVERTED_COST: Final = 12

# A progressive JPEG is kept whole as 16-bit coefficients until its last scan.
_COEFFICIENT_BYTES: Final = 2

_SCALES: Final = (8, 4, 2)  # what libjpeg's DCT scaling offers; other formats are averaged to the same sizes

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(data: bytes, *, min_side: int | None = None) -> Image.Image:
    """Decode to RGB, upright, in sRGB.

    With `min_side`, the picture comes back at a half, a quarter or an eighth of its size if its shorter side
    still has at least that many pixels. A JPEG is then decoded straight to that size. The whole file is read
    in any case, so that a truncated one does not pass. A transparent picture is laid over white: such
    pictures on the web are drawn for a light page, and the colours under alpha 0 are noise.

    Raises:
        PermanentError: what `inspect` raises, `truncated`, `undecodable` or `memory`.
    """
    return read(data, min_side=min_side)[1]


def read(data: bytes, *, min_side: int | None = None) -> tuple[ImageInfo, Image.Image]:
    """Read the header and decode, in one go; see `inspect` and `decode`."""
    reader, info = open_image(data)
    with reader_errors():
        if min_side is not None:
            reader.draft(None, (min_side, min_side))
        _check_memory(reader, info)
        reader.load()
        image = to_srgb(reader)
        if min_side is not None and info.format != "JPEG":
            image = _reduce(image, min_side)
        if info.orientation in _UPRIGHT:
            image = image.transpose(_UPRIGHT[info.orientation])
    image.info = {}  # Pillow would write comments and profiles of strangers into our thumbnails
    return info, image


def thumbnail(image: Image.Image, side: int) -> bytes:
    """Make a JPEG of the picture whose longer side has at most `side` pixels."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _check_memory(reader: ImageFile, info: ImageInfo) -> None:
    """Refuse a picture that would take too much to decode; `reader` is already drafted to its scale."""
    plain = info.format != "WEBP" and reader.mode in {"RGB", "L"}
    needed = reader.size[0] * reader.size[1] * (_PLAIN_COST if plain else _CONVERTED_COST)
    if isinstance(reader, JpegImageFile) and reader.info.get("progressive"):
        sampling = [(across, down) for _, across, down, _ in reader.layer]
        densest = max(across for across, _ in sampling) * max(down for _, down in sampling)
        samples = sum(across * down for across, down in sampling) / densest
        needed += int(info.width * info.height * samples * _COEFFICIENT_BYTES)
    if needed > MAX_DECODE_BYTES:
        raise PermanentError(
            f"{info.width}x{info.height} {info.format} needs {needed >> 20} MiB to decode, "
            f"{MAX_DECODE_BYTES >> 20} are allowed",
            Word.MEMORY,
        )


def _reduce(image: Image.Image, min_side: int) -> Image.Image:
    factor = next((scale for scale in _SCALES if min(image.size) // scale >= min_side), 1)
    return image.reduce(factor) if factor > 1 else image
