"""Measures whether a picture holds the detail its size promises, or was enlarged."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

_TILE: Final = 256
_TILES: Final = 8

# Bands of spatial frequency, as shares of the highest a picture of this size can hold.
_TOP: Final = (0.7, 0.95)
_MIDDLE: Final = (0.15, 0.3)


def detail(image: Image.Image) -> float | None:
    """Power at the highest frequencies over power at middle ones, log10; RGB at full size, None below 256 px.

    Photographs fall off smoothly (about -1.2). Interpolation adds pixels but nothing to the highest
    frequencies, so a picture below about -2.2 was probably enlarged. The measure takes the mean spectrum of
    the busiest tiles, because sky and blur have no detail at any size. Measured in layers/models/README.md.
    """
    grey = np.asarray(image.convert("L"), np.float32)
    rows, columns = (side // _TILE for side in grey.shape)
    if not rows or not columns:
        return None
    grid = grey[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
    tiles = grid.swapaxes(1, 2).reshape(-1, _TILE, _TILE)
    busiest = np.argsort(np.abs(np.diff(tiles, axis=1)).mean((1, 2)))[-_TILES:]
    chosen = tiles[busiest] - tiles[busiest].mean((1, 2), keepdims=True)
    window = np.hanning(_TILE)
    power = (np.abs(np.fft.rfft2(chosen * np.outer(window, window))) ** 2).mean(0)
    frequency = 2 * np.hypot(np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None])
    top, middle = (
        np.log10(power[(frequency >= low) & (frequency < high)].mean() + 1e-3)
        for low, high in (_TOP, _MIDDLE)
    )
    return float(top - middle)
