"""Lays a stencil onto a picture: colour, blend mode, opacity, shadow, and that it can be noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from .chance import happens
from .scene import Picture
from .shapes import Stencil
from .visibility import NOTICED, Visibility

_Pixels = NDArray[np.float32]

_ATTEMPTS: Final = 6

_MIDDLE: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """How a mark is coloured (RGB, 0 to 255) and mixed with its ground; `depth` is how dark its shadow is."""

    colour: _Pixels
    mode: str
    opacity: float
    depth: float

    def over(self, ground: _Pixels, letters: _Pixels, shadow: _Pixels) -> _Pixels:
        """The ground (HxWx3) under letters and shadow (HxWx1, 0 to 1)."""
        shaded = ground * (1 - shadow * self.depth * self.opacity)
        return shaded + (_blend(shaded, self.colour, self.mode) - shaded) * letters * self.opacity


def choose(rng: np.random.Generator, *, faint: bool) -> Ink:
    """Any ink people use: white mostly, then black, then colours and grey; agencies' patterns are fainter."""
    palette = (rng.uniform(215, 255), rng.uniform(0, 50), rng.uniform(90, 190), rng.uniform(0, 255, 3))
    pick = int(rng.choice(4, p=[0.55, 0.2, 0.08, 0.17]))
    return Ink(
        colour=np.broadcast_to(palette[pick], 3).astype(np.float32),
        mode=str(rng.choice(["normal", "screen", "multiply", "overlay"], p=[0.75, 0.1, 0.06, 0.09])),
        opacity=float(rng.uniform(0.15, 0.55) if faint else np.clip(rng.normal(0.65, 0.28), 0.2, 1)),
        depth=float(rng.uniform(0.3, 0.9)) if happens(rng, 0.3) else 0.0,
    )


def print_on(before: Picture, mark: Stencil, top: int, left: int, ink: Ink) -> tuple[Picture, Stencil, float]:
    """The picture with the stencil at a place, the mark's mask, and its mean contrast in 8-bit levels.

    The ink is made stronger, and at last black or white, until the mark can be noticed.
    """
    window = slice(top, top + mark.shape[0]), slice(left, left + mark.shape[1])
    ground = before[window].astype(np.float32)
    letters, shadow = cast("_Pixels", mark[..., None].astype(np.float32) / 255), _shadow(mark)
    visible = Visibility.of(before, window, mark)
    drawn, contrast = ground, 0.0
    for attempt in range(_ATTEMPTS):
        drawn = ink.over(ground, letters, shadow)
        contrast, quotient = visible.measure(np.abs(drawn - ground).mean(axis=2))
        if quotient >= NOTICED:
            break
        ink = replace(ink, opacity=min(1.0, ink.opacity * 1.5))
        if attempt == _ATTEMPTS // 2 - 1:  # opacity does not help when the ink has the colour of the ground
            opposite = 255.0 if ground.mean() < _MIDDLE else 0.0
            ink = replace(ink, mode="normal", colour=np.full(3, opposite, np.float32))
    image, mask = before.copy(), np.zeros(before.shape[:2], np.uint8)
    image[window] = np.clip(drawn + 0.5, 0, 255).astype(np.uint8)
    mask[window] = np.ceil(np.maximum(letters, shadow * ink.depth)[..., 0] * 255).astype(np.uint8)
    return image, mask, contrast


def _shadow(stencil: Stencil) -> _Pixels:
    """Where a shadow falls, to the lower right of the letters only."""
    shift = max(1, int(min(stencil.shape) * 0.04))
    moved = np.zeros(stencil.shape, np.float32)
    moved[shift:, shift:] = stencil[:-shift, :-shift]
    return (moved / 255 * (1 - stencil / np.float32(255)))[..., None].astype(np.float32)


def _blend(ground: _Pixels, colour: _Pixels, mode: str) -> _Pixels:
    # https://www.w3.org/TR/compositing-1/#blending
    if mode == "screen":
        return cast("_Pixels", 255 - (255 - ground) * (255 - colour) / 255)
    if mode == "multiply":
        return cast("_Pixels", ground * colour / 255)
    if mode == "overlay":
        dark, light = 2 * ground * colour / 255, 255 - 2 * (255 - ground) * (255 - colour) / 255
        return np.where(ground < _MIDDLE, dark, light)
    return np.broadcast_to(colour, ground.shape)
