"""Stencils: the outlines of marks as grey arrays, 0 (nothing) to 255 (fully there)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from . import fonts
from .chance import happens

Stencil = NDArray[np.uint8]


def text(line: str, font: Path, height: int, stroke: int = 0) -> Stencil:
    """A line, or several, whose letters stand `height` pixels tall (ascender to descender)."""
    face = fonts.load(font, max(4, height))
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox(
        (0, 0), line, font=face, stroke_width=stroke
    )
    canvas = Image.new("L", (max(1, math.ceil(right - left)), max(1, math.ceil(bottom - top))))
    ImageDraw.Draw(canvas).text((-left, -top), line, font=face, fill=255, stroke_width=stroke)
    return np.asarray(canvas)


def signature(rng: np.random.Generator, height: int) -> Stencil:
    """A pen's path: loops leaning right that shrink along the line, and often a flourish under it."""
    loops = int(rng.integers(4, 10))
    t = np.linspace(0, loops * 2 * math.pi, loops * 24)
    phase, lean = rng.uniform(0, 6, 4), rng.uniform(0.1, 0.6)
    tall = np.interp(
        t, np.linspace(0, t[-1], loops), rng.uniform(0.15, 0.55, loops) * np.r_[1.8, np.ones(loops - 1)]
    )
    y = tall * np.sin(t + phase[0]) + 0.12 * np.sin(t / 3 + phase[1])
    x = (
        t * rng.uniform(0.05, 0.14)
        + tall * rng.uniform(0.3, 0.9) * np.cos(t * rng.uniform(0.9, 1.1) + phase[2])
        - lean * y
    )
    paths = [np.stack([x, y], axis=1)]
    if happens(rng, 0.5):
        s = np.linspace(0, 1, 30)
        under = y.max() + rng.uniform(0.05, 0.25) + 0.1 * np.sin(s * rng.uniform(2, 7) + phase[3])
        paths.append(np.stack([x.min() + s * (x.max() - x.min()) * rng.uniform(0.7, 1.2), under], axis=1))
    return _stroke(paths, height, width=max(1.0, height * rng.uniform(0.02, 0.05)))


def _stroke(paths: list[NDArray[np.float64]], height: int, width: float) -> Stencil:
    over = 3  # drawn larger, then averaged: Pillow's lines are not smooth
    low = np.min([path.min(axis=0) for path in paths], axis=0)
    scale = (height - 2 * width) / max(1e-6, *(float((path[:, 1] - low[1]).max()) for path in paths))
    points = [(path - low) * scale + width for path in paths]
    right = max(float(path[:, 0].max()) for path in points) + width
    canvas = Image.new("L", (max(1, int(right * over)), height * over))
    draw = ImageDraw.Draw(canvas)
    for path in points:
        draw.line(
            [tuple(p) for p in (path * over).tolist()],
            fill=255,
            width=max(1, round(width * over)),
            joint="curve",
        )
    return np.asarray(canvas.resize((max(1, canvas.width // over), height), Image.Resampling.BOX))


def logo(rng: np.random.Generator, size: int, font: Path, letters: str) -> Stencil:
    """A badge `size` pixels tall: a figure with letters or another figure in it, or a name beside or below.

    A plain outline alone could be anything: a roof, a window, the moon.
    """
    over, edge = 2, size * 2
    canvas = Image.new("L", (edge, edge))
    draw = ImageDraw.Draw(canvas)
    width = max(2, int(edge * rng.uniform(0.02, 0.07)))
    figure = _FIGURES[rng.integers(len(_FIGURES))]
    filled = happens(rng, 0.35)
    figure(_Pen(draw, rng, edge, width, 255 if filled else None))
    lettered, named = happens(rng, 0.6), happens(rng, 0.5)
    if lettered:
        inner = text(letters[:2].upper(), font, max(6, int(edge * rng.uniform(0.25, 0.42))))
        at = (edge - inner.shape[1]) // 2, (edge - inner.shape[0]) // 2
        knocked_out = happens(rng, 0.3)
        canvas.paste(0 if knocked_out or filled else 255, at, Image.fromarray(inner))
    elif not named:
        within = Image.new("L", (edge // 2, edge // 2))
        other = _FIGURES[rng.integers(len(_FIGURES))]
        other(_Pen(ImageDraw.Draw(within), rng, edge // 2, width, None))
        canvas.paste(0 if filled else 255, (edge // 4, edge // 4), within)
    badge = np.asarray(canvas.resize((edge // over, edge // over), Image.Resampling.BOX))
    if named:
        line = text(letters, font, max(6, int(size * rng.uniform(0.18, 0.35))))
        badge = (
            stack(badge, line, gap=size // 12) if happens(rng, 0.7) else beside(badge, line, gap=size // 8)
        )
    return badge


@dataclass(frozen=True, slots=True)
class _Pen:
    draw: ImageDraw.ImageDraw
    rng: np.random.Generator
    edge: int
    width: int
    fill: int | None

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.width, self.width, self.edge - self.width, self.edge - self.width)


def _rings(pen: _Pen) -> None:
    near, far = pen.edge / 6, pen.edge * 5 / 6
    pen.draw.ellipse(pen.box, outline=255, width=pen.width, fill=pen.fill)
    pen.draw.ellipse((near, near, far, far), outline=255, width=max(1, pen.width // 2))


def _polygon(pen: _Pen) -> None:
    circle = (pen.edge / 2, pen.edge / 2, pen.edge / 2 - pen.width)
    sides, turned = int(pen.rng.integers(3, 9)), pen.rng.uniform(0, 360)
    pen.draw.regular_polygon(circle, sides, rotation=turned, fill=pen.fill, outline=255, width=pen.width)


def _rays(pen: _Pen) -> None:
    middle, far = pen.edge / 2, pen.edge / 2 - pen.width
    for angle in np.linspace(0, 2 * math.pi, int(pen.rng.integers(6, 17)), endpoint=False):
        ends = [(0.35 * far, angle), (far, angle + 0.3)]
        points = [(middle + r * math.cos(at), middle + r * math.sin(at)) for r, at in ends]
        pen.draw.line(points, fill=255, width=pen.width)


def _peaks(pen: _Pen) -> None:
    across = np.linspace(pen.width, pen.edge - pen.width, 5)
    down = pen.edge * np.r_[0.85, pen.rng.uniform(0.1, 0.7, 3), 0.85]
    points = list(zip(across.tolist(), down.tolist(), strict=True))
    pen.draw.polygon(points, outline=255, width=pen.width, fill=pen.fill)


def _card(pen: _Pen) -> None:
    radius = pen.edge * pen.rng.uniform(0, 0.4)
    pen.draw.rounded_rectangle(pen.box, radius, outline=255, width=pen.width, fill=pen.fill)


def _camera(pen: _Pen) -> None:
    edge, width = pen.edge, pen.width
    body = (width, edge * 0.25, edge - width, edge * 0.85)
    pen.draw.rounded_rectangle(body, edge * 0.08, outline=255, width=width, fill=pen.fill)
    lens = (edge * 0.32, edge * 0.36, edge * 0.68, edge * 0.72)
    pen.draw.ellipse(lens, outline=0 if pen.fill else 255, width=width)


_FIGURES = (_rings, _polygon, _rays, _peaks, _card, _camera)


def stack(top: Stencil, bottom: Stencil, gap: int) -> Stencil:
    """One stencil over another, centred."""
    width = max(top.shape[1], bottom.shape[1])
    whole = np.zeros((top.shape[0] + gap + bottom.shape[0], width), np.uint8)
    for part, y in ((top, 0), (bottom, top.shape[0] + gap)):
        x = (width - part.shape[1]) // 2
        whole[y : y + part.shape[0], x : x + part.shape[1]] = part
    return whole


def beside(left: Stencil, right: Stencil, gap: int) -> Stencil:
    """One stencil beside another, centred."""
    return stack(left.T, right.T, gap).T


def plaque(stencil: Stencil, margin: int) -> Stencil:
    """A solid plate with the stencil cut out of it."""
    return 255 - np.pad(stencil, margin)


def turn(stencil: Stencil, degrees: float) -> Stencil:
    """The stencil rotated, its frame grown to hold it."""
    if degrees == 0:
        return stencil
    return np.asarray(Image.fromarray(stencil).rotate(degrees, Image.Resampling.BICUBIC, expand=True))


def tile(stencil: Stencil, rng: np.random.Generator, shape: tuple[int, int], spacing: float) -> Stencil:
    """The stencil repeated over `shape` (height, width); every other row is shifted, sometimes."""
    height, width = shape
    step_y = max(4, int(stencil.shape[0] * spacing))
    step_x = max(4, int(stencil.shape[1] * (1 + (spacing - 1) * 0.6)))
    whole = np.zeros((height + 2 * stencil.shape[0], width + 2 * stencil.shape[1]), np.uint8)
    shift = step_x // 2 if happens(rng, 0.6) else 0
    y0, x0 = int(rng.integers(step_y)), int(rng.integers(step_x))
    for row, y in enumerate(range(y0, height + stencil.shape[0], step_y)):
        for x in range(x0 - (row % 2) * shift, width + stencil.shape[1], step_x):
            if x >= 0:
                part = whole[y : y + stencil.shape[0], x : x + stencil.shape[1]]
                np.maximum(part, stencil[: part.shape[0], : part.shape[1]], out=part)
    return whole[stencil.shape[0] : stencil.shape[0] + height, stencil.shape[1] : stencil.shape[1] + width]


def lines(rng: np.random.Generator, shape: tuple[int, int]) -> Stencil:
    """The cross, or the grid of slanted lines, that agencies draw over previews."""
    height, width = shape
    canvas = Image.new("L", (width, height))
    draw = ImageDraw.Draw(canvas)
    thick = max(1, int(min(shape) * rng.uniform(0.002, 0.006)))
    if happens(rng, 0.5):
        draw.line((0, 0, width, height), fill=255, width=thick)
        draw.line((0, height, width, 0), fill=255, width=thick)
    else:
        step = max(8, int(min(shape) * rng.uniform(0.15, 0.4)))
        for x in range(-height, width + height, step):
            draw.line((x, 0, x + height, height), fill=255, width=thick)
            draw.line((x, height, x + height, 0), fill=255, width=thick)
    return np.asarray(canvas)
