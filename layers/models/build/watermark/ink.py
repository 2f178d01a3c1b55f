"""Lays a stencil onto a picture: colour, blend mode, opacity, shadow, and that it can be noticed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .chance import happens
from .scene import Picture
from .shapes import Stencil

_Pixels = NDArray[np.float32]

#: A mark can be noticed when it stands out from its ground this many times as much as the ground itself does
#: around it. Found by eye on marks ranked by it: below 1.7 they can hardly be found even where the place is
#: known, from 2.3 on they can.
NOTICED: Final = 2.0

# Levels of 256 below which nothing stands out, however even the ground.
_EVEN: Final = 4.0

# Pixels, where the picture's longest side has `_SEEN_AT` of them: what is coarser than `_STROKE` hides no
# mark, and texture is felt over `_AROUND`.
_SEEN_AT: Final = 512
_STROKE: Final = 6
_AROUND: Final = 8
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
    letters, shadow = mark[..., None].astype(np.float32) / 255, _shadow(mark)
    scale = min(1.0, _SEEN_AT / max(before.shape))
    core = _seen(mark, scale)
    core = core >= max(1.0, float(np.quantile(core[core > 0], 0.9)) / 2 if core.any() else 1.0)
    texture = _texture(before, window, scale)
    drawn, contrast = ground, 0.0
    for attempt in range(_ATTEMPTS):
        drawn = ink.over(ground, letters, shadow)
        difference = _seen(np.abs(drawn - ground).mean(axis=2), scale)
        contrast = float(difference[core].mean()) if core.any() else 0.0
        if core.any() and (difference[core] / (_EVEN + texture[core])).mean() >= NOTICED:
            break
        ink = replace(ink, opacity=min(1.0, ink.opacity * 1.5))
        if attempt == _ATTEMPTS // 2 - 1:  # opacity does not help when the ink has the colour of the ground
            opposite = 255.0 if ground.mean() < _MIDDLE else 0.0
            ink = replace(ink, mode="normal", colour=np.full(3, opposite, np.float32))
    image, mask = before.copy(), np.zeros(before.shape[:2], np.uint8)
    image[window] = np.clip(drawn + 0.5, 0, 255).astype(np.uint8)
    mask[window] = np.ceil(np.maximum(letters, shadow * ink.depth)[..., 0] * 255).astype(np.uint8)
    return image, mask, contrast


def _seen(plane: NDArray[np.generic], scale: float) -> _Pixels:
    # As large as whoever looks at the whole picture sees it: thin strokes pale.
    height, width = (max(1, round(side * scale)) for side in plane.shape)
    small = Image.fromarray(plane.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small)


def _texture(picture: Picture, window: tuple[slice, slice], scale: float) -> _Pixels:
    # How much the ground stands out from itself, at the scale of strokes, at every place of the window.
    margin = round((_STROKE + _AROUND) / scale)
    rows, columns = (slice(max(0, part.start - margin), part.stop + margin) for part in window)
    grey = _seen(picture[rows, columns].mean(axis=2), scale)
    fine = grey - _blur(grey, _STROKE)
    whole = np.sqrt(np.maximum(0, _blur(fine * fine, _AROUND)))
    top, left = (
        round((part.start - wide.start) * scale) for part, wide in zip(window, (rows, columns), strict=True)
    )
    height, width = (max(1, round((part.stop - part.start) * scale)) for part in window)
    cut = whole[top : top + height, left : left + width]
    return np.pad(cut, ((0, height - cut.shape[0]), (0, width - cut.shape[1])), mode="edge")


def _blur(plane: _Pixels, radius: int) -> _Pixels:
    # The mean over squares of 2 * radius + 1.
    side = 2 * radius + 1
    sums = np.pad(plane.astype(np.float64), radius, mode="edge").cumsum(0).cumsum(1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return (inside / side**2).astype(np.float32)


def _shadow(stencil: Stencil) -> _Pixels:
    """Where a shadow falls, to the lower right of the letters only."""
    shift = max(1, int(min(stencil.shape) * 0.04))
    moved = np.zeros(stencil.shape, np.float32)
    moved[shift:, shift:] = stencil[:-shift, :-shift]
    return (moved / 255 * (1 - stencil / np.float32(255)))[..., None].astype(np.float32)


def _blend(ground: _Pixels, colour: _Pixels, mode: str) -> _Pixels:
    # https://www.w3.org/TR/compositing-1/#blending
    if mode == "screen":
        return 255 - (255 - ground) * (255 - colour) / 255
    if mode == "multiply":
        return ground * colour / 255
    if mode == "overlay":
        dark, light = 2 * ground * colour / 255, 255 - 2 * (255 - ground) * (255 - colour) / 255
        return np.where(ground < _MIDDLE, dark, light)
    return np.broadcast_to(colour, ground.shape)
