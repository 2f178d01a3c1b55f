"""Whole pictures to learn a head from: marks that owners left, marks that we lay on, and clean ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from . import agency, fonts, owners, render, scene
from .chance import happens
from .pictures import cut
from .samples import HELD_OUT_FONTS, cells, real_cells

Boxes = list[list[float]]

#: A box that is larger than this share of the picture says little about single cells of it.
_LARGE: Final = 0.08

#: Of the laid-on marks, this share is of `render`'s kinds: a head forgets what it is never shown.
_PLAIN: Final = 0.25

#: Of the laid-on views, this share shows signs or a frame without a mark.
_BARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Source:
    """A picture to make views of.

    `marks` is None for a clean one; otherwise boxes in percent (see `pictures.Entry`). `owner` is whose mark
    it is, or where a clean one is from. Views of one `fold` are learnt from together or not at all. `views`
    is how many are made of the picture itself; `ground` says whether marks may be laid on it.
    """

    path: str
    owner: str
    kind: str
    fold: int
    views: int
    ground: bool
    marks: Boxes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """RGB uint8 SIDExSIDE; cells as in `samples.Sample`; where it is from, and what it counts as."""

    picture: scene.Picture
    cells: NDArray[np.int8]
    source: Source
    kind: str
    marked: bool
    as_is: bool = False


class Views:
    """View number i, which is always the same: first those of the pictures themselves, then `laid` others."""

    def __init__(self, sources: Path, *, laid: int, seed: int, extra_fonts: Path | None = None) -> None:
        self._sources = [Source(**line) for line in json.loads(sources.read_text("utf-8"))]
        self._own = [(each, number) for each in self._sources for number in range(each.views)]
        self._grounds = [each for each in self._sources if each.ground]
        self._laid, self._seed = laid, seed
        self._fonts = fonts.installed(extra_fonts).named(HELD_OUT_FONTS, keep=False)

    def __len__(self) -> int:
        return len(self._own) + self._laid

    def __getitem__(self, index: int) -> View:
        rng = np.random.default_rng([self._seed, index])
        if index < len(self._own):
            return self._itself(*self._own[index], rng)
        source = self._grounds[rng.integers(len(self._grounds))]
        return self._bare(source, rng) if happens(rng, _BARE) else self._marked(source, rng)

    def _itself(self, source: Source, number: int, rng: np.random.Generator) -> View:
        picture, boxes = read(source.path), source.marks
        if number:
            picture, boxes = vary(picture, boxes, rng)
        square = render.squash(picture, Image.Resampling.LANCZOS)
        return View(square, box_cells(boxes), source, source.kind, boxes is not None, number == 0)

    def _marked(self, source: Source, rng: np.random.Generator) -> View:
        part, quality = cut(read(source.path), rng), int(rng.integers(60, 97))
        if happens(rng, _PLAIN):
            kind = str(rng.choice(render.KINDS))
            drawn = render.mark(part, rng, kind, self._fonts)
            image, mask = drawn.image, drawn.mask
        else:
            layout = owners.owner(rng)
            laid = agency.draw(part, layout, self._fonts, rng)
            image, mask, kind = laid.image, laid.mask, layout.kind
        labels = cells(render.squash(mask, render.BOX))
        return View(render.publish(image, quality), labels, source, kind, marked=True)

    def _bare(self, source: Source, rng: np.random.Generator) -> View:
        part = cut(read(source.path), rng)
        kind = "signs" if happens(rng, 0.7) else "frame"
        shown = scene.signs(part, rng, self._fonts) if kind == "signs" else scene.frame(part, rng)[0]
        published = render.publish(shown, int(rng.integers(60, 97)))
        return View(published, box_cells(None), source, kind, marked=False)


def read(path: str) -> scene.Picture:
    """The picture, RGB uint8, its longest side at most 1024 pixels."""
    with Image.open(path) as image:
        image.draft("RGB", (1024, 1024))
        rgb = ImageOps.exif_transpose(image).convert("RGB")
    rgb.thumbnail((1024, 1024), Image.Resampling.LANCZOS)
    return np.asarray(rgb)


def vary(
    picture: scene.Picture, boxes: Boxes | None, rng: np.random.Generator
) -> tuple[scene.Picture, Boxes | None]:
    """A cut that keeps the marks whole, lighter or darker, of another size, through JPEG."""
    height, width = picture.shape[:2]
    kept = np.array(boxes or [[50, 50, 50, 50]], float)
    spare = np.array([kept[:, 0].min(), kept[:, 1].min(), 100 - kept[:, 2].max(), 100 - kept[:, 3].max()])
    if boxes == []:  # nobody noted where the mark is
        spare[:] = 0
    left, top, right, bottom = rng.uniform(0, 1, 4) * np.minimum(15, spare * 0.9)
    rows = slice(int(height * top / 100), int(height * (1 - bottom / 100)))
    columns = slice(int(width * left / 100), int(width * (1 - right / 100)))
    part = picture[rows, columns].astype(np.float32)
    part = np.clip((part - 128) * rng.uniform(0.85, 1.15) + 128 + rng.uniform(-18, 18), 0, 255).astype(
        np.uint8
    )
    scale = rng.uniform(0.75, 1.1)
    size = max(64, int(part.shape[1] * scale)), max(64, int(part.shape[0] * scale))
    resized = np.asarray(Image.fromarray(part).resize(size, Image.Resampling.LANCZOS))
    if boxes is None and happens(rng, 0.5):
        resized = resized[:, ::-1]
    across, down = 100 - left - right, 100 - top - bottom
    moved = [
        [
            (x0 - left) / across * 100,
            (y0 - top) / down * 100,
            (x1 - left) / across * 100,
            (y1 - top) / down * 100,
        ]
        for x0, y0, x1, y1 in boxes or []
    ]
    return render.compress(
        np.ascontiguousarray(resized), int(rng.integers(65, 97))
    ), None if boxes is None else moved


def box_cells(boxes: Boxes | None) -> NDArray[np.int8]:
    """Labels of cells by boxes.

    Those in large boxes, and all where no box is noted, are left out of the loss.
    """
    if boxes is None:
        return np.zeros((render.SIDE // 16,) * 2, np.int8)
    if not boxes:
        return np.full((render.SIDE // 16,) * 2, -1, np.int8)
    labels = real_cells(boxes, render.SIDE)
    large = real_cells(
        [box for box in boxes if (box[2] - box[0]) * (box[3] - box[1]) > _LARGE * 1e4], render.SIDE
    )
    labels[large == 1] = -1
    return labels
