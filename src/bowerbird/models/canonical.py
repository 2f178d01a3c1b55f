"""Pictures drawn by code, the same on every machine: what a bundle says of them is in its manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIZE: Final = (600, 800)


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    height, width = _SIZE
    down, across = np.mgrid[0:height, 0:width]
    return down / height, across / width


def _dusk() -> NDArray[np.float64]:
    """A sky that brightens towards a hilly horizon, over dark ground."""
    down, across = _grid()
    hill = 0.62 + 0.08 * np.sin(7 * across) + 0.03 * np.sin(23 * across)
    sky = np.stack([0.25 + 0.7 * down, 0.35 + 0.35 * down, 0.65 - 0.2 * down], axis=-1)
    ground = np.stack([0.12 * down, 0.20 * down, 0.10 * down], axis=-1)
    return np.where((down > hill)[..., None], ground, sky)


def _rings() -> NDArray[np.float64]:
    """Coloured rings around the centre."""
    down, across = _grid()
    radius = np.hypot(down - 0.5, across - 0.5)
    return np.stack([0.5 + 0.5 * np.cos(radius * wave) for wave in (40.0, 55.0, 70.0)], axis=-1)


def _board() -> NDArray[np.float64]:
    """A checkerboard: hard edges, no colour."""
    down, across = _grid()
    squares = (np.floor(down * 8) + np.floor(across * 8)) % 2
    return np.repeat(squares[..., None], 3, axis=-1)


_DRAWN: Final[dict[str, Callable[[], NDArray[np.float64]]]] = {
    "dusk": _dusk,
    "rings": _rings,
    "board": _board,
}

NAMES: Final = tuple(_DRAWN)


def draw(name: str) -> Image.Image:
    """A canonical picture, RGB, 800 x 600 pixels. Raises KeyError for an unknown name."""
    return Image.fromarray((_DRAWN[name]() * 255.0 + 0.5).clip(0, 255).astype(np.uint8), "RGB")
