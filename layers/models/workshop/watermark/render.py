"""Draws watermarks onto pictures: every kind people use, from a random generator and nothing else."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from . import fonts, ink, scene, shapes, words
from .chance import happens

#: What can be drawn: a credit, a site's address, a handwritten name, a badge, an agency's repeated pattern,
#: an agency's large word with lines across, a captioned border.
KINDS: Final = ("text", "url", "signature", "logo", "tiled", "stock", "caption")

#: Side of the square every picture is squashed to before it is judged, pixels.
SIDE: Final = 512

#: Squashing averages masks, so that thin strokes leave a trace.
BOX: Final = Image.Resampling.BOX


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A picture with a mark.

    `image` and `before` are RGB uint8 of one shape; they differ only where `mask` (uint8, the mark's
    opacity) is above 0. `size` is the height of one element of the mark as a share of the picture's height;
    `contrast` the mean difference it makes, in 8-bit levels.
    """

    image: scene.Picture
    before: scene.Picture
    mask: NDArray[np.uint8]
    kind: str
    size: float
    contrast: float


def mark(
    picture: scene.Picture, rng: np.random.Generator, kind: str, font_files: fonts.Fonts | None = None
) -> Marked:
    """The picture (RGB uint8, at least 64 pixels a side) with one mark of `kind` on it."""
    font_files = font_files or fonts.installed()
    before, stencil, top, left, element = _place(picture, rng, kind, font_files)
    stencil, top, left = _inside(stencil, top, left, picture.shape[:2])
    chosen = ink.choose(rng, faint=kind in ("tiled", "stock"))
    image, mask, contrast = ink.print_on(before, stencil, top, left, chosen)
    return Marked(image, before, mask, kind, element / picture.shape[0], contrast)


def _place(
    picture: scene.Picture, rng: np.random.Generator, kind: str, font_files: fonts.Fonts
) -> tuple[scene.Picture, shapes.Stencil, int, int, int]:
    # What to draw, where its top left corner goes, and how tall one element of it is.
    height, width = picture.shape[:2]
    if kind == "caption":
        framed, (top, left, bottom, right) = scene.frame(picture, rng)
        line = shapes.text(
            words.caption(rng), font_files.pick(rng), int((bottom - top) * rng.uniform(0.4, 0.8))
        )
        line = _fit(line, right - left - 4)
        slack = max(1, right - left - line.shape[1])
        x = left + int(slack * rng.choice([0.02, 0.5, 0.98]))
        return framed, line, top + max(0, (bottom - top - line.shape[0]) // 2), x, line.shape[0]
    if kind in ("tiled", "stock"):
        stencil, element = _pattern(rng, kind, font_files, (height, width))
        return picture, stencil, 0, 0, element
    stencil = _fit(_single(rng, kind, font_files, height), int(width * 0.9))
    element = stencil.shape[0]
    if kind in ("text", "url") and happens(rng, 0.25):
        stencil = shapes.turn(stencil, float(rng.choice([90, 90, 30, 45, -30, rng.uniform(-45, 45)])))
    stencil = _fit(stencil.T, int(height * 0.9)).T
    top, left = _spot(rng, kind, (height, width), stencil.shape)
    return picture, stencil, top, left, element


def _single(rng: np.random.Generator, kind: str, font_files: fonts.Fonts, height: int) -> shapes.Stencil:
    # Sizes are log-uniform, so that small marks are as common as large ones.
    tall = height * np.exp(rng.uniform(np.log(0.022), np.log(0.11)))
    font = font_files.pick(rng)
    if kind == "signature":
        if font_files.script and happens(rng, 0.5):
            drawn = shapes.text(
                f"{words.name(rng)} {words.name(rng)}", font_files.pick_script(rng), int(tall * 1.6)
            )
        else:
            drawn = shapes.signature(rng, max(12, int(tall * rng.uniform(1.2, 2.2))))
        if happens(rng, 0.4):
            under = shapes.text(words.credit(rng), font, max(8, int(drawn.shape[0] * rng.uniform(0.2, 0.35))))
            drawn = shapes.stack(drawn, _fit(under, 2 * drawn.shape[1]), gap=drawn.shape[0] // 10)
        return drawn
    if kind == "logo":
        return shapes.logo(rng, max(16, int(tall * rng.uniform(1.5, 4))), font, words.name(rng))
    line = words.url(rng) if kind == "url" else words.credit(rng)
    if kind == "text" and happens(rng, 0.12):
        line = " ".join(line.upper())
    if happens(rng, 0.2):
        line += "\n" + words.url(rng)
    drawn = shapes.text(line, font, max(9, int(tall)), stroke=int(happens(rng, 0.15)))
    return shapes.plaque(drawn, int(tall * rng.uniform(0.15, 0.5))) if happens(rng, 0.1) else drawn


def _pattern(
    rng: np.random.Generator, kind: str, font_files: fonts.Fonts, shape: tuple[int, int]
) -> tuple[shapes.Stencil, int]:
    height, width = shape
    font, line = font_files.pick(rng), words.stock(rng)
    if kind == "tiled":
        tall = max(10, int(height * np.exp(rng.uniform(np.log(0.025), np.log(0.1)))))
        one = shapes.logo(rng, tall, font, line) if happens(rng, 0.25) else shapes.text(line, font, tall)
        turned = shapes.turn(one, float(rng.choice([0, 30, 45, -30, rng.uniform(-60, 60)])))
        whole = shapes.tile(turned, rng, shape, spacing=rng.uniform(1.2, 2.6))
        element = one.shape[0]
    else:
        one = _fit(shapes.text(line, font, int(height * rng.uniform(0.08, 0.22))), int(width * 0.9))
        turned = _fit(shapes.turn(one, float(rng.choice([0, 0, 30, 45, -30]))), width)
        whole = np.zeros(shape, np.uint8)
        turned, top, left = _inside(
            turned, (height - turned.shape[0]) // 2, (width - turned.shape[1]) // 2, shape
        )
        whole[top : top + turned.shape[0], left : left + turned.shape[1]] = turned
        element = one.shape[0]
    if happens(rng, 0.25 if kind == "tiled" else 0.6):
        whole = np.maximum(whole, (shapes.lines(rng, shape) * rng.uniform(0.4, 1)).astype(np.uint8))
    return whole, element


def _spot(
    rng: np.random.Generator, kind: str, shape: tuple[int, int], size: tuple[int, ...]
) -> tuple[int, int]:
    """Corners and the lower edge mostly; logos in the centre too; now and then anywhere."""
    free_y, free_x = shape[0] - size[0], shape[1] - size[1]
    gap = rng.uniform(0.005, 0.05) * min(shape)
    if happens(rng, 0.15):
        return int(rng.uniform(0, free_y)), int(rng.uniform(0, free_x))
    if happens(rng, 0.35 if kind == "logo" else 0.12):
        return free_y // 2, free_x // 2
    top = free_y - gap if happens(rng, 0.75) else gap
    left = rng.choice([gap, free_x - gap, free_x - gap, free_x / 2])
    return int(np.clip(top, 0, free_y)), int(np.clip(left, 0, free_x))


def _fit(stencil: shapes.Stencil, width: int) -> shapes.Stencil:
    if stencil.shape[1] <= width:
        return stencil
    size = (max(1, width), max(1, stencil.shape[0] * width // stencil.shape[1]))
    return np.asarray(Image.fromarray(stencil).resize(size, Image.Resampling.LANCZOS))


def _inside(
    stencil: shapes.Stencil, top: int, left: int, shape: tuple[int, ...]
) -> tuple[shapes.Stencil, int, int]:
    cut_y, cut_x = max(0, -top), max(0, -left)
    top, left = max(0, top), max(0, left)
    return stencil[cut_y : cut_y + shape[0] - top, cut_x : cut_x + shape[1] - left], top, left


def publish(image: scene.Picture, quality: int) -> scene.Picture:
    """What a site would serve, as the classifier sees it: through JPEG, then squashed to SIDE x SIDE."""
    return squash(compress(image, quality), Image.Resampling.LANCZOS)


def compress(image: scene.Picture, quality: int) -> scene.Picture:
    """Saves the picture as JPEG, and reads it back."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def squash(image: NDArray[np.uint8], resample: Image.Resampling) -> NDArray[np.uint8]:
    """To SIDE x SIDE, whatever the aspect; masks take BOX so that thin strokes leave a trace."""
    return np.asarray(Image.fromarray(image).resize((SIDE, SIDE), resample))
