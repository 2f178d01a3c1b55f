"""How well a mark can be seen on its ground by somebody who looks at the whole picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .scene import Picture
from .shapes import Stencil

_Pixels = NDArray[np.float32]

#: A mark can be noticed when it stands out from its ground this many times as much as the ground itself does
#: around it. Found by eye on marks ranked by it: below 1.7 they can hardly be found even where the place is
#: known, from 2.3 on they can.
NOTICED: Final = 2.0

# Below this many levels of 256 nothing stands out, however even the ground is.
_EVEN: Final = 4.0

# Pixels, where the picture's longest side has `_SEEN_AT` of them: what is coarser than `_STROKE` hides no
# mark, and texture is felt over `_AROUND`.
_SEEN_AT: Final = 512
_STROKE: Final = 6
_AROUND: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Visibility:
    """Of one stencil at one place: where its strokes are (`core`) and how restless the ground is (`texture`).

    Both are of the size the mark has when the picture's longest side is 512 pixels: `scale` times its own.
    """

    scale: float
    core: NDArray[np.bool_]
    texture: _Pixels

    @classmethod
    def of(cls, before: Picture, window: tuple[slice, slice], mark: Stencil) -> Visibility:
        """Of a stencil laid onto this window of the picture."""
        scale = min(1.0, _SEEN_AT / max(before.shape))
        seen = _seen(mark, scale)
        least = float(np.quantile(seen[seen > 0], 0.9)) / 2 if seen.any() else 0.0
        return cls(scale, seen >= max(1.0, least), _texture(before, window, scale))

    def measure(self, difference: _Pixels) -> tuple[float, float]:
        """Mean difference the strokes make, in 8-bit levels, and as a multiple of the ground's own."""
        if not self.core.any():
            return 0.0, 0.0
        made = _seen(difference, self.scale)[self.core]
        return float(made.mean()), float((made / (_EVEN + self.texture[self.core])).mean())


def _seen(plane: NDArray[np.generic], scale: float) -> _Pixels:
    # Scaled to the size that a viewer of the whole picture sees, where thin strokes turn pale.
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
