"""Measures whether a picture is too dark or too bright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

_SIDE: Final = 256
_BLACK, _WHITE = 5, 250


@dataclass(frozen=True, slots=True)
class Exposure:
    """Mean brightness, and the shares of pixels that are crushed to black and blown to white; all 0 to 1."""

    brightness: float
    crushed: float
    blown: float


def exposure(image: Image.Image) -> Exposure:
    """Measure an RGB picture of any size."""
    grey = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX))
    return Exposure(
        brightness=float(grey.mean() / 255.0),
        crushed=float((grey <= _BLACK).mean()),
        blown=float((grey >= _WHITE).mean()),
    )
