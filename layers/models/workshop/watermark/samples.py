"""Training samples: crops of rendered pictures, with the cells a mark touches as their labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import fonts, render, scene
from .chance import happens
from .pictures import Cache, Entry, cut
from .teacher import Teacher

#: Pixels a side of one labelled cell.
CELL: Final = 16

#: Only tests draw these families, so that no figure rests on letters learnt by heart.
HELD_OUT_FONTS: Final = ("Caladea", "LobsterTwo", "Manrope", "NimbusRoman", "STIX")

# Share of the samples that show a real mark, if there are any in the cache.
_REAL: Final = 0.12

# A cell counts as marked when this share of it is inked; with less, it is left out of the loss.
_LEAST_INK = 0.03
_INK = 40

# How often another sample of the same kind is tried when the teacher finds one too easy.
_TRIES: Final = 4

_NOTHING: Final = np.zeros((render.SIDE // CELL, render.SIDE // CELL), np.int8)

# The kinds that are missed most come most.
_KIND_WEIGHTS: Final = {
    "text": 0.17, "url": 0.15, "signature": 0.24, "logo": 0.28, "tiled": 0.04, "stock": 0.07, "caption": 0.05,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Two crops: RGB uint8 2xCxCx3, and cells 2xC/16xC/16: 1 marked, 0 clean, -1 hardly touched."""

    crops: NDArray[np.uint8]
    cells: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class _Square:
    """A picture as the classifier sees it, and the labels of its cells."""

    image: scene.Picture
    cells: NDArray[np.int8]


def cells(mask: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Labels of the cells of a mask whose sides are multiples of CELL."""
    height, width = (side // CELL for side in mask.shape)
    blocks = mask.reshape(height, CELL, width, CELL)
    share = (blocks >= _INK).mean(axis=(1, 3))
    labels = np.where(share >= _LEAST_INK, 1, -1).astype(np.int8)
    labels[(blocks > 2).sum(axis=(1, 3)) == 0] = 0  # noqa: PLR2004 - what is left of an edge after squashing
    return labels


def real_cells(boxes: list[list[float]], side: int) -> NDArray[np.int8]:
    """Labels of the cells of a square of `side` pixels with real marks in these boxes (percent).

    A cell is marked when at least half of it lies in a box; each box has at least one marked cell. A cell
    that a box merely touches is left out of the loss.
    """
    count = side // CELL
    labels = np.zeros((count, count), np.int8)
    edges = np.arange(count + 1) * CELL
    for box in boxes:
        left, top, right, bottom = (value / 100 * side for value in box)
        across = np.clip(np.minimum(edges[1:], right) - np.maximum(edges[:-1], left), 0, CELL) / CELL
        down = np.clip(np.minimum(edges[1:], bottom) - np.maximum(edges[:-1], top), 0, CELL) / CELL
        share = down[:, None] * across[None]
        labels[(share > 0) & (labels == 0)] = -1
        labels[share >= min(0.5, share.max())] = 1
    return labels


class Source:
    """Sample number i, which is always the same. So resuming needs only the number of the next sample.

    With a teacher, pictures that it finds hard come more often, and clean ones are cut where it sees a mark.
    """

    def __init__(
        self,
        cache: Path,
        *,
        side: int,
        seed: int,
        extra_fonts: Path | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        self._cache, self._side, self._seed = Cache(cache), side, seed
        self._fonts = fonts.installed(extra_fonts).named(HELD_OUT_FONTS, keep=False)
        self._teacher = teacher
        train = self._cache.of("train")
        self._real = [each for each in self._cache.marked("train") if each.marks]
        large = [each for each in train if each.folder.endswith("large")]
        small = [each for each in train if not each.folder.endswith("large")]
        self._pools = [pool for pool in (large, small) if pool]

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._seed, index])
        if self._real and happens(rng, _REAL):
            return self._real_mark(rng)
        draw = self._clean if happens(rng, 0.35) else self._marked
        for _ in range(_TRIES if self._teacher else 1):
            sample, worth = draw(rng)
            if happens(rng, worth):
                break
        return sample

    def _scene(self, rng: np.random.Generator) -> scene.Picture:
        picture = cut(self._cache.read(self._choose(rng)), rng)
        if happens(rng, 0.3):  # often enough to learn that letters alone are no mark
            return scene.signs(picture, rng, self._fonts)
        return picture

    def _clean(self, rng: np.random.Generator) -> tuple[Sample, float]:
        picture = self._scene(rng)
        if happens(rng, 0.2):  # a frame alone is no mark either
            picture = scene.frame(picture, rng)[0]
        clean = _Square(render.publish(picture, _quality(rng)), _NOTHING)
        places, worth = [self._corner(rng, clean) for _ in range(2)], 1.0
        if self._teacher:
            seen = self._teacher.look(clean.image)
            places[0], worth = self._around(rng, clean, seen.hottest()), seen.worth(marked=False)
        return self._crops([(clean, place) for place in places]), worth

    def _marked(self, rng: np.random.Generator) -> tuple[Sample, float]:
        picture, quality = self._scene(rng), _quality(rng)
        kind = str(rng.choice(list(_KIND_WEIGHTS), p=list(_KIND_WEIGHTS.values())))
        drawn = render.mark(picture, rng, kind, self._fonts)
        marked = _Square(render.publish(drawn.image, quality), cells(render.squash(drawn.mask, render.BOX)))
        place = self._corner(rng, marked, near_mark=True)
        if happens(rng, 0.5):  # the very same place without the mark, or another place
            other = (_Square(render.publish(drawn.before, quality), _NOTHING), place)
        else:
            other = (marked, self._corner(rng, marked))
        worth = self._teacher.look(marked.image).worth(marked=True) if self._teacher else 1.0
        return self._crops([(marked, place), other]), worth

    def _real_mark(self, rng: np.random.Generator) -> Sample:
        # A mark that somebody else put there, about as large as the classifier sees it, and another place.
        entry = self._real[rng.integers(len(self._real))]
        side = int(rng.uniform(0.7, 1.05) * render.SIDE) // CELL * CELL
        image = Image.fromarray(self._cache.read(entry)).resize((side, side), Image.Resampling.LANCZOS)
        published = render.compress(np.asarray(image), int(rng.integers(75, 97)))
        square = _Square(published, real_cells(entry.marks or [], side))
        places = self._corner(rng, square, near_mark=True), self._corner(rng, square)
        return self._crops([(square, place) for place in places])

    def _choose(self, rng: np.random.Generator) -> Entry:
        pool = self._pools[rng.integers(len(self._pools))]
        return pool[rng.integers(len(pool))]

    def _corner(
        self, rng: np.random.Generator, square: _Square, *, near_mark: bool = False
    ) -> tuple[int, int]:
        # The top left corner of a crop, in cells; anywhere, or so that the crop holds a marked cell.
        across = self._side // CELL
        free = len(square.cells) - across
        ys, xs = np.nonzero(square.cells > 0)
        if not near_mark or not len(ys):
            return int(rng.integers(free + 1)), int(rng.integers(free + 1))
        pick = rng.integers(len(ys))
        return self._around(rng, square, (int(ys[pick]), int(xs[pick])))

    def _around(self, rng: np.random.Generator, square: _Square, cell: tuple[int, int]) -> tuple[int, int]:
        # The top left corner of a crop that holds this cell.
        across = self._side // CELL
        free = len(square.cells) - across
        top, left = np.array(cell) - (rng.uniform(0.1, 0.9, 2) * across).astype(int)
        return int(np.clip(top, 0, free)), int(np.clip(left, 0, free))

    def _crops(self, parts: list[tuple[_Square, tuple[int, int]]]) -> Sample:
        across = self._side // CELL
        crops, labels = [], []
        for square, (top, left) in parts:
            labels.append(square.cells[top : top + across, left : left + across])
            y, x = top * CELL, left * CELL
            crops.append(square.image[y : y + self._side, x : x + self._side])
        return Sample(np.stack(crops), np.stack(labels))


def _quality(rng: np.random.Generator) -> int:
    return int(rng.integers(55, 97))
