"""How an agency's mark lies on a picture: faint fills, outlines, bevels, inner shadows, glows, soft edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .scene import Picture
from .shapes import Stencil

_Pixels = NDArray[np.float32]

#: Light and shade.
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Relief:
    """Strengths from 0 to 1, of which each may be 0. A negative one darkens where a positive one lightens.

    `fill` is of the mark's own `colour`. `soft` blurs the stencil, and `thick` is how wide outlines, bevels
    and glows are, both as shares of the stencil's shorter side.
    """

    fill: float = 0.0
    outline: float = 0.0
    bevel: float = 0.0
    inner: float = 0.0
    glow: float = 0.0
    soft: float = 0.0
    thick: float = 0.04
    colour: tuple[int, int, int] = WHITE

    def over(self, ground: _Pixels, stencil: Stencil, strength: float = 1.0) -> _Pixels:
        """The ground (HxWx3, 0 to 255) with the stencil laid on it, all parts `strength` times as strong."""
        wide = max(1.0, self.thick * min(stencil.shape))
        shape = _blur(np.asarray(stencil / np.float32(255)), self.soft * min(stencil.shape))
        light, dark = np.zeros_like(shape), np.zeros_like(shape)
        for part, where in (
            (self.outline, lambda: _edge(shape, wide)),
            (self.glow, lambda: _blur(shape, 2 * wide) * (1 - shape)),
            (self.inner, lambda: shape * (1 - _blur(_moved(shape, wide), wide))),
        ):
            if part:
                target = light if part > 0 else dark
                target += abs(part) * where()
        if self.bevel:
            slope = _moved(_blur(shape, wide / 2), wide / 2) - _moved(_blur(shape, wide / 2), -wide / 2)
            light += self.bevel * np.clip(-slope, 0, 1)
            dark += self.bevel * np.clip(slope, 0, 1)
        laid = ground
        for colour, share in ((self.colour, self.fill * shape), (WHITE, light), (BLACK, dark)):
            cover = np.clip(share * strength, 0, 1)[..., None]
            laid = np.asarray(laid + (np.array(colour, np.float32) - laid) * cover, np.float32)
        return laid

    def reach(self, stencil: Stencil) -> int:
        """How many pixels around the stencil the glow and soft edges need."""
        return int((3 * self.soft + (5 * self.thick if self.glow else self.thick)) * min(stencil.shape)) + 2


def lay(
    picture: Picture, stencil: Stencil, place: tuple[int, int], relief: Relief, strength: float
) -> tuple[Picture, NDArray[np.float32]]:
    """The picture with a stencil whose top left corner is at `place`, and the difference this makes, HxW.

    The stencil may stick out of the picture.
    """
    margin = relief.reach(stencil)
    padded = np.pad(stencil, margin)
    y, x = place[0] - margin, place[1] - margin
    rows = slice(max(0, y), min(picture.shape[0], y + padded.shape[0]))
    columns = slice(max(0, x), min(picture.shape[1], x + padded.shape[1]))
    seen = padded[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
    difference = np.zeros(picture.shape[:2], np.float32)
    if not seen.size:
        return picture, difference
    ground = picture[rows, columns].astype(np.float32)
    laid = np.clip(relief.over(ground, seen, strength) + 0.5, 0, 255).astype(np.uint8)
    image = picture.copy()
    image[rows, columns] = laid
    difference[rows, columns] = np.abs(laid.astype(np.float32) - ground).mean(axis=2)
    return image, difference


def _blur(shape: _Pixels, radius: float) -> _Pixels:
    if radius < 0.3:  # noqa: PLR2004 - less moves no pixel
        return shape
    blurred = Image.fromarray((shape * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(blurred, np.float32) / np.float32(255)


def _edge(shape: _Pixels, wide: float) -> _Pixels:
    size = 2 * max(1, round(wide / 2)) + 1
    plane = Image.fromarray((shape * 255).astype(np.uint8))
    grown, shrunk = (
        np.asarray(plane.filter(kind(size)), np.float32)
        for kind in (ImageFilter.MaxFilter, ImageFilter.MinFilter)
    )
    return (grown - shrunk) / np.float32(255)


def _moved(shape: _Pixels, by: float) -> _Pixels:
    # To the lower right, as light from the upper left would cast it.
    step = round(by) or (1 if by > 0 else -1)
    return np.roll(shape, (step, step), (0, 1))
