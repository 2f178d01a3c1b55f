"""Measures how sharp the sharpest part of a picture is."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

# Judged at one size, so that a large and a small copy of a picture agree.
_SIDE: Final = 512
_TILES: Final = 8


def sharpness(image: Image.Image) -> float:
    """Variance of the Laplacian in the sharpest of 8 x 8 tiles, 0 (blank) to about 1; RGB, any size.

    It looks at tiles because a picture with a sharp subject before a blurred ground is sharp. The measure is
    Pech-Pacheco's (ICPR 2000), on grey values from 0 to 1.
    """
    grey = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), np.float32) / 255.0
    centre = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    laplacian = around - 4.0 * centre
    side = laplacian.shape[0] // _TILES
    tiles = laplacian[: side * _TILES, : side * _TILES].reshape(_TILES, side, _TILES, side)
    return float(tiles.var(axis=(1, 3)).max())
