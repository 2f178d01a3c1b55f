"""Reads what an image says of itself in its header. It decodes no pixel, and allocates none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PIL import ExifTags
from PIL.AvifImagePlugin import AvifImageFile
from PIL.Image import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bowerbird.core.errors import PermanentError
from bowerbird.core.reasons import Word
from bowerbird.imaging.containers import OPENERS, Shell
from bowerbird.imaging.containers.webp import webp_canvas
from bowerbird.imaging.formats import sniff

#: 100 megapixels: above every camera but scanning backs (Fujifilm GFX 100: 11648 x 8736 = 101.8 MP).
MAX_PIXELS: Final = 102_000_000

# The readers are called directly, without Image.open. That would also try MPO and APNG variants, and its
# pixel limit is a global variable of another library.
_READERS: Final[dict[str, type[ImageFile]]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "AVIF": AvifImageFile,
}

# EXIF orientations 5 to 8 lie on their side: width and height change places.
_FIRST_SIDEWAYS: Final = 5
_ORIENTATIONS: Final = range(1, 9)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """Facts of an image; `width` and `height` in pixels as it is meant to be seen, after EXIF orientation.

    `format` and `mode` are Pillow's names; `orientation` is EXIF's, 1 to 8.
    """

    format: str
    width: int
    height: int
    mode: str
    orientation: int = 1


def inspect(data: bytes) -> ImageInfo:
    """Read the header.

    Raises:
        PermanentError: `html`, `format`, `unknown-format`, `animated`, `too-many-pixels`, `truncated` or
            `undecodable`, then details.
    """
    return open_image(data)[1]


def open_image(data: bytes) -> tuple[ImageFile, ImageInfo, Shell]:
    """Read the header and keep the reader, for whoever decodes next. Raises what `inspect` raises.

    The reader sees the pixels only: what else the file says that counts is in the shell.
    """
    name = sniff(data)
    if name == "HTML":
        raise PermanentError("a page instead of an image", Word.HTML)
    if name is None:
        raise PermanentError(f"begins with {data[:8].hex() or 'nothing'}", Word.UNKNOWN_FORMAT)
    if name not in _READERS:
        raise PermanentError(f"{name} is not kept; JPEG, PNG, WebP and AVIF are", Word.FORMAT)
    if name == "WEBP":
        # Pillow's WebP reader allocates two canvases before it tells their size.
        _check_pixels(*webp_canvas(data))
    with reader_errors():
        shell = OPENERS[name](data)
        if name == "AVIF" and not shell.whole:
            raise PermanentError("AVIF shorter than its boxes", Word.TRUNCATED)
        image = _read(name, shell.data)
        # A JPEG's second picture (a gain map, a thumbnail) is no frame, and its reader counts none.
        frames = getattr(image, "n_frames", 1)
        if frames != 1:
            raise PermanentError(f"{frames} frames, a still picture is wanted", Word.ANIMATED)
        orientation = _orientation(image) if shell.orientation is None else shell.orientation
    width, height = image.size if orientation < _FIRST_SIDEWAYS else image.size[::-1]
    return image, ImageInfo(name, width, height, image.mode, orientation), shell


def open_as_it_is(data: bytes) -> ImageFile:
    """Open a file with all that it says of itself, not to decode it. Raises what `inspect` raises."""
    info = inspect(data)
    with reader_errors():
        return _read(info.format, data)


def _read(name: str, data: bytes) -> ImageFile:
    image = _READERS[name](io.BytesIO(data))
    _check_pixels(*image.size)
    return image


def _orientation(image: ImageFile) -> int:
    """How Pillow says that an AVIF is turned: it writes the file's own boxes into an EXIF field."""
    said = Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    return said if said in _ORIENTATIONS else 1


@contextmanager
def reader_errors() -> Iterator[None]:
    """Turn whatever Pillow raises on hostile bytes into a PermanentError.

    Pillow documents OSError, SyntaxError and ValueError. Fuzzing also found struct.error, KeyError,
    OverflowError, zlib.error, EOFError, MemoryError and others, and the next release may raise more.
    """
    try:
        yield
    except PermanentError:
        raise
    except MemoryError:
        raise PermanentError("the decoder ran out of memory", Word.MEMORY) from None
    except Exception as error:  # noqa: BLE001 - see the docstring: hostile bytes reach any of them
        detail = f"{type(error).__name__}: {error}"[:200]
        raise PermanentError(detail, Word.TRUNCATED if _ends_early(detail) else Word.UNDECODABLE) from None


def _ends_early(detail: str) -> bool:
    return any(sign in detail.lower() for sign in ("truncated", "eof", "end of data"))


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PermanentError(f"{width}x{height}, {MAX_PIXELS} are read", Word.TOO_MANY_PIXELS)
    if width < 1 or height < 1:
        raise PermanentError(f"{width}x{height} pixels", Word.UNDECODABLE)
