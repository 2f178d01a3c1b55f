"""The classifier of visible watermarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from bowerbird.core.errors import BundleError
from bowerbird.models.preprocess import Preprocess
from bowerbird.models.session import Session

# Letters of one line may be this many cells of the heat map apart.
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Detection:
    """The probability that a picture carries a watermark, and where the clearest one is.

    `place` is left, top, right, bottom in shares of the picture; None where the network draws no map.
    """

    probability: float
    place: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Watermark:
    """A network that gives one logit for each picture. A picture is rejected at or above `threshold`.

    A second output, if there is one, is a map of logits (N, height, width) that says where the mark is.
    """

    session: Session
    preprocess: Preprocess
    threshold: float

    def detect(self, images: Sequence[Image.Image]) -> list[Detection]:
        """Look at RGB pictures of any size.

        Raises:
            BundleError: the network gives something else than one number a picture.
        """
        first, *maps = self.session.outputs(self.preprocess(images))
        logits = first.astype(np.float64)
        if logits.size != len(images):
            raise BundleError(f"the watermark network gives {logits.shape} for {len(images)} pictures")
        probabilities = 0.5 * (1.0 + np.tanh(0.5 * logits.reshape(-1)))  # the sigmoid, without overflow
        places = [_place(heat) for heat in maps[0]] if maps else [None] * len(images)
        return [Detection(float(p), place) for p, place in zip(probabilities, places, strict=True)]


def _place(heat: NDArray[np.float32]) -> tuple[float, float, float, float]:
    # The box starts at the hottest cell. It grows in small steps over cells that are at least as likely a
    # mark as not.
    top, left = np.unravel_index(int(heat.argmax()), heat.shape)
    hot = heat >= min(0.0, float(heat.max()))
    found = np.zeros_like(hot)
    found[top, left] = True
    while True:
        near = Image.fromarray(found.view(np.uint8)).filter(ImageFilter.MaxFilter(2 * _GAP + 1))
        grown = (np.asarray(near) > 0) & hot
        if (grown == found).all():
            break
        found = grown
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    height, width = heat.shape
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )
