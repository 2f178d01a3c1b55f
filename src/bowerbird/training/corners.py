"""Cuts the corners out of an owner's pictures: more examples of what the owner loves.

Few pictures say little of what may vary. Four parts of each say more, at no cost when pictures are judged.
They help only beside a sample of the stream, and not every taste (docs/research/models.md), so training holds
a model with them against one without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Final

from PIL import Image

from bowerbird.training.fit import Fitted
from bowerbird.training.heldout import LIKELY, sure_rise
from bowerbird.training.sample import Sample

#: Who has more pictures needs no parts of them: the gain shrinks, and each costs four more looks.
MOST: Final = 300
_SHARE: Final = 0.7


def cut(picture: Image.Image) -> list[Image.Image]:
    """Cut four parts out of a picture, each of seven tenths of its width and height."""
    width, height = (max(1, round(_SHARE * side)) for side in picture.size)
    places = product((0, picture.height - height), (0, picture.width - width))
    return [picture.crop((left, top, left + width, top + height)) for top, left in places]


def fit_with(sample: Sample, fit: Callable[[Sample], Fitted]) -> Fitted:
    """Fit with the corners, too; take that where held-out pictures are likely told better from the stream."""
    without = fit(replace(sample, corners=sample.corners[:0]))
    if not len(sample.corners):
        return without
    cornered = fit(sample)
    pairs = [(each.total.good, each.total.background) for each in (cornered, without)]
    return replace(cornered, cornered=True) if sure_rise(pairs[0], pairs[1], LIKELY) > 0 else without
