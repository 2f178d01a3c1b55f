"""Describes how a picture looks, in 40 bytes: alike pictures have alike bits.

A coarse print of 64 bits finds pictures that may be alike, and a fine one of 256 bits decides. Both are the
signs of the lowest frequencies of a small grey copy (a discrete cosine transform), which scaling and
compression spare.
See http://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html for the idea.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Measured on 2,115 photographs, drawings and screenshots (2.2 million pairs): 8 pairs lie within 6 bits of
# the coarse print, and 7 of these within 32 bits of the fine one. By eye, six of the seven are one picture
# twice, and one is a logo in two colours. The prints were then tried on copies of 39 photographs. They find
# every copy that was scaled (0.25 to 1.5), compressed to JPEG quality 20 or brightened. They find 38 of the
# copies cropped by 2 %, and 3 of those cropped by 6 %.
COARSE_BITS: Final = 6
FINE_BITS: Final = 32

_GRID: Final = 64
_COARSE, _FINE = 8, 16

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Describes how a kept picture looks. Only its file tells how good a copy it is.

    `image` is its object key, `coarse` an unsigned 64-bit number, `fine` 32 bytes.
    """

    image: str
    candidate: str
    coarse: int
    fine: bytes

    def alike(self, other: Likeness) -> bool:
        """Tell whether both show the same picture."""
        coarse = (self.coarse ^ other.coarse).bit_count()
        fine = (int.from_bytes(self.fine) ^ int.from_bytes(other.fine)).bit_count()
        return coarse <= COARSE_BITS and fine <= FINE_BITS


def prints(image: Image.Image) -> tuple[int, bytes]:
    """Compute the coarse and the fine print of an RGB picture."""
    grey = _grey(image, (_GRID, _GRID))
    fine = np.asarray(_COSINES @ grey @ _COSINES.T, np.float32)
    return int.from_bytes(_signs(fine[:_COARSE, :_COARSE])), _signs(fine)


def _grey(image: Image.Image, size: tuple[int, int]) -> Grey:
    # Grey first: one channel is resized in a quarter of the time of three, which Pillow keeps as four.
    small = image.convert("L").resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return np.asarray(small, np.float32)


def _cosines() -> Grey:
    """Rows 1 to 16 of the transform; row 0 is the mean brightness, which says nothing about the picture."""
    frequency, place = np.arange(1, _FINE + 1)[:, None], np.arange(_GRID)[None, :]
    return np.cos(np.pi * (2 * place + 1) * frequency / (2 * _GRID)).astype(np.float32)


_COSINES: Final = _cosines()


def _signs(values: Grey) -> bytes:
    # Take the median of an even number of values. numpy's own imports numpy.ma, a tenth of a second.
    flat = values.ravel()
    middle = flat.size // 2
    low, high = np.partition(flat, (middle - 1, middle))[middle - 1 : middle + 1]
    return np.packbits(flat > (low + high) / 2).tobytes()
