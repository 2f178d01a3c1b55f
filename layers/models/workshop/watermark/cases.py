"""What the detector is measured on: marked and clean pictures of a split, the same ones every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from . import fonts, render, scene
from .pictures import Cache, Entry, cut
from .samples import HELD_OUT_FONTS

#: Clean photographs, whole and in part. The figure for false alarms comes from these.
PHOTOGRAPHS: Final = ("whole", "cut")

#: Clean pictures that are harder: lettered things in the scene, frames, drawings.
HARD: Final = ("signs", "frame")
DRAWING: Final = "drawing"

#: Pictures with a mark that somebody else put there, and clean ones, both untouched.
REAL: Final = "real"
AS_IS: Final = "as it is"

_SEED: Final = 20260000
_ROUNDS: Final = 2
_CUTTINGS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A picture to judge, RGB uint8 SIDExSIDE; `kind` is its mark's, or what a clean one shows."""

    picture: scene.Picture
    folder: str
    kind: str
    marked: bool
    size: float = 0.0
    contrast: float = 0.0


def rendered(
    cache: Path,
    split: str,
    extra_fonts: Path | None = None,
    drawings: tuple[str, ...] = (),
    every: int = 1,
) -> Iterator[Case]:
    """Every large picture with every kind of mark, twice, and clean in every way; small pictures once each.

    Marks have fonts that training never used. `drawings` are folders of pictures that are no photographs.
    Of the split's pictures, one in `every` is used.
    """
    pictures = Cache(cache)
    letters = fonts.installed(extra_fonts).named(HELD_OUT_FONTS, keep=True)
    signs = fonts.installed(extra_fonts)
    for number, entry in enumerate(pictures.of(split)):
        if number % every:
            continue
        picture, large = pictures.read(entry), entry.folder.endswith("large")
        marks = render.KINDS if large else (render.KINDS[number % len(render.KINDS)],)
        clean = (*PHOTOGRAPHS, *HARD) if large else ("cut",)
        for round_ in range(_ROUNDS if large else 1):
            for index, kind in enumerate(marks):
                yield _marked(picture, entry, kind, _chance(number, round_, index), letters)
            for index, kind in enumerate(clean):
                if kind == "whole" and round_:
                    continue
                shown = _clean(picture, kind, _chance(number, round_, 100 + index), signs)
                drawn = entry.folder in drawings and kind in PHOTOGRAPHS
                yield Case(shown, entry.folder, DRAWING if drawn else kind, marked=False)


def _chance(*where: int) -> np.random.Generator:
    return np.random.default_rng([_SEED, *where])


def cuttings(
    cache: Path, split: str, extra_fonts: Path | None = None, drawings: tuple[str, ...] = ()
) -> Iterator[Case]:
    """More parts of every clean photograph: few pictures decide a threshold, so each is looked at often."""
    pictures, letters = Cache(cache), fonts.installed(extra_fonts)
    for number, entry in enumerate(pictures.of(split)):
        for round_ in range(_CUTTINGS if entry.folder not in drawings else 0):
            rng = np.random.default_rng([_SEED, number, round_, 200])
            shown = _clean(pictures.read(entry), "cut", rng, letters)
            yield Case(shown, entry.folder, "cut", marked=False)


def real(cache: Path, *splits: str) -> Iterator[Case]:
    """Pictures of these splits that came with a mark, and the clean ones of the same folders, as they are."""
    pictures = Cache(cache)
    marked = pictures.marked(*splits)
    folders = {entry.folder for entry in marked}
    clean = [entry for split in splits for entry in pictures.of(split) if entry.folder in folders]
    for entry in (*marked, *clean):
        shown = render.squash(pictures.read(entry), Image.Resampling.LANCZOS)
        has = entry.marks is not None
        yield Case(shown, entry.folder, REAL if has else AS_IS, marked=has)


def _marked(
    picture: scene.Picture, entry: Entry, kind: str, rng: np.random.Generator, letters: fonts.Fonts
) -> Case:
    drawn = render.mark(cut(picture, rng), rng, kind, letters)
    published = render.publish(drawn.image, int(rng.integers(65, 96)))
    return Case(published, entry.folder, kind, marked=True, size=drawn.size, contrast=drawn.contrast)


def _clean(
    picture: scene.Picture, kind: str, rng: np.random.Generator, letters: fonts.Fonts
) -> scene.Picture:
    part = picture if kind == "whole" else cut(picture, rng)
    if kind == "signs":
        part = scene.signs(part, rng, letters)
    elif kind == "frame":
        part = scene.frame(part, rng)[0]
    return render.publish(part, int(rng.integers(65, 96)))
