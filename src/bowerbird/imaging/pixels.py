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
from bowerbird.imaging.containers import Shell
from bowerbird.imaging.containers.jpeg import unended
from bowerbird.imaging.header import ImageInfo, open_image, reader_errors

#: A decoded picture's `info` has this key when its file lacks its end, but none of its pixels.
UNFINISHED: Final = "unfinished"

#: What one decode may allocate, estimated from the header before anything is: 100 MP of RGB.
MAX_DECODE_BYTES: Final = 4 * 128 * 1024 * 1024

# Bytes a pixel. Pillow keeps RGB in four. Alpha, palettes and 16 bits need a second and a third copy on the
# way to RGB, and libwebp keeps two canvases beside Pillow's.
_PLAIN_COST: Final = 4
_CONVERTED_COST: Final = 12

# A progressive JPEG is kept whole as 16-bit coefficients until its last scan.
_COEFFICIENT_BYTES: Final = 2

_BAND: Final = 256
# What libjpeg puts where a JPEG has ended too early: grey.
_FILLING: Final = (128, (128, 128, 128))

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
    reader, info, shell = open_image(data)
    with reader_errors():
        if min_side is not None:
            reader.draft(None, (min_side, min_side))
        _check_memory(reader, info)
        reader.load()
        unfinished = _ends_unmarked(reader, shell, min_side)
        image = to_srgb(reader, shell.colour)
        if min_side is not None and info.format != "JPEG":
            image = _reduce(image, min_side)
        if info.orientation in _UPRIGHT:
            image = image.transpose(_UPRIGHT[info.orientation])
    # Pillow would write comments and profiles of strangers into our thumbnails.
    image.info = {UNFINISHED: True} if unfinished else {}
    return info, image


def _ends_unmarked(reader: ImageFile, shell: Shell, min_side: int | None) -> bool:
    """Tell whether a JPEG lacks its end marker; refuse it when it lacks pixels, too."""
    if shell.otherwise is not None:
        if not shell.whole:
            raise PermanentError("the file ends before its last scan", Word.TRUNCATED)
        _check_rows(reader, shell.otherwise, min_side)
        return True
    if isinstance(reader, JpegImageFile) and reader.getpixel((-1, -1)) in _FILLING:
        # Somebody may have put an end marker where the file was cut.
        _check_rows(reader, unended(shell.data).otherwise or b"", min_side)
    return False


def _check_rows(reader: ImageFile, otherwise: bytes, min_side: int | None) -> None:
    """Refuse a JPEG that ends early. `otherwise` has noise behind the last byte: it shows where pixels lack.

    A decoder fills in what is missing, and does not say so.
    """
    try:
        other = JpegImageFile(io.BytesIO(otherwise))
        if min_side is not None:
            other.draft(None, (min_side, min_side))
        other.load()
    except OSError as error:
        raise PermanentError(f"rows of pixels are missing ({error})", Word.TRUNCATED) from None
    if not _alike(reader, other):
        raise PermanentError("rows of pixels are missing", Word.TRUNCATED)


def _alike(one: Image.Image, other: Image.Image) -> bool:
    """Compare all pixels, a band at a time: whole copies of two large pictures would take too much memory."""
    for top in range(0, one.height, _BAND):
        box = (0, top, one.width, min(top + _BAND, one.height))
        if one.crop(box).tobytes() != other.crop(box).tobytes():
            return False
    return True


def thumbnail(image: Image.Image, side: int) -> bytes:
    """Make a JPEG of the picture whose longer side has at most `side` pixels."""
    # Pillow's own thumbnail changes the picture, so that all of it would have to be copied first.
    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
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
