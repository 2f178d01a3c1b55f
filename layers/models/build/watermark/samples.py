"""Training samples: crops of rendered pictures, with the cells a mark touches as their labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import fonts, render, scene
from .chance import happens
from .pictures import Cache, Entry, cut

#: Pixels a side of one labelled cell.
CELL: Final = 16

#: Families drawn in tests only, so that no figure rests on letters learnt by heart.
HELD_OUT_FONTS: Final = ("Caladea", "LobsterTwo", "Manrope", "NimbusRoman", "STIX")

# A cell counts as marked when this share of it is inked; with less, it is left out of the loss.
_LEAST_INK = 0.03
_INK = 40

_KIND_WEIGHTS: Final = {
    "text": 0.18, "url": 0.18, "signature": 0.2, "logo": 0.2, "tiled": 0.08, "stock": 0.06, "caption": 0.1,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Two crops: RGB uint8 2xCxCx3, and cells 2xC/16xC/16: 1 marked, 0 clean, -1 hardly touched."""

    crops: NDArray[np.uint8]
    cells: NDArray[np.int8]


def cells(mask: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Labels of the cells of a mask whose sides are multiples of CELL."""
    height, width = (side // CELL for side in mask.shape)
    blocks = mask.reshape(height, CELL, width, CELL)
    share = (blocks >= _INK).mean(axis=(1, 3))
    labels = np.where(share >= _LEAST_INK, 1, -1).astype(np.int8)
    labels[(blocks > 2).sum(axis=(1, 3)) == 0] = 0  # noqa: PLR2004 - what is left of an edge after squashing
    return labels


class Source:
    """Sample number i, always the same one: resuming needs nothing but the number of the next."""

    def __init__(self, cache: Path, *, side: int, seed: int, extra_fonts: Path | None = None) -> None:
        self._cache, self._side, self._seed = Cache(cache), side, seed
        self._fonts = fonts.installed(extra_fonts).named(HELD_OUT_FONTS, keep=False)
        train = self._cache.of("train")
        self._pools = (
            [e for e in train if e.folder.endswith("large")],
            [e for e in train if not e.folder.endswith("large")],
        )

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._seed, index])
        picture = cut(self._cache.read(self._choose(rng)), rng)
        if happens(rng, 0.3):  # often enough to learn that letters alone are no mark
            picture = scene.signs(picture, rng, self._fonts)
        quality = int(rng.integers(55, 97))
        if happens(rng, 0.35):  # wholly clean pictures
            if happens(rng, 0.2):  # a frame alone is no mark either
                picture = scene.frame(picture, rng)[0]
            square = render.publish(picture, quality)
            places = [self._corner(rng, None) for _ in range(2)]
            nothing = np.zeros((render.SIDE, render.SIDE), np.uint8)
            return self._crops([(square, nothing, place) for place in places])
        kind = str(rng.choice(list(_KIND_WEIGHTS), p=list(_KIND_WEIGHTS.values())))
        marked = render.mark(picture, rng, kind, self._fonts)
        mask = render.squash(marked.mask, render.BOX)
        square = render.publish(marked.image, quality)
        place = self._corner(rng, mask)
        if happens(rng, 0.5):  # the very same place without the mark, or another place
            other = (render.publish(marked.before, quality), np.zeros_like(mask), place)
        else:
            other = (square, mask, self._corner(rng, None))
        return self._crops([(square, mask, place), other])

    def _choose(self, rng: np.random.Generator) -> Entry:
        pool = self._pools[int(happens(rng, 0.5))]
        return pool[rng.integers(len(pool))]

    def _corner(self, rng: np.random.Generator, mask: NDArray[np.uint8] | None) -> tuple[int, int]:
        # The top left corner of a crop, on the grid of cells; one that holds some of the mask if given.
        free = (render.SIDE - self._side) // CELL
        if mask is None or not (mask >= _INK).any():
            return int(rng.integers(free + 1)) * CELL, int(rng.integers(free + 1)) * CELL
        ys, xs = np.nonzero(mask >= _INK)
        pick = rng.integers(len(ys))
        middle = rng.uniform(0.15, 0.85, 2) * self._side
        top, left = (np.array([ys[pick], xs[pick]]) - middle) // CELL
        return int(np.clip(top, 0, free)) * CELL, int(np.clip(left, 0, free)) * CELL

    def _crops(self, parts: list[tuple[scene.Picture, NDArray[np.uint8], tuple[int, int]]]) -> Sample:
        side = self._side
        crops = [image[top : top + side, left : left + side] for image, _, (top, left) in parts]
        masks = [mask[top : top + side, left : left + side] for _, mask, (top, left) in parts]
        return Sample(np.stack(crops), np.stack([cells(mask) for mask in masks]))
