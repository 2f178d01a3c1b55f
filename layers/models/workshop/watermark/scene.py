"""Changes to a picture that are no watermark: signs, plates, posters and paint in the scene, plain frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from . import fonts, shapes, words
from .chance import happens

Picture = NDArray[np.uint8]

_MIDDLE = 128


def signs(picture: Picture, rng: np.random.Generator, font_files: fonts.Fonts) -> Picture:
    """The picture with one to three lettered things in it, each lit, blurred and seen at an angle."""
    for _ in range(rng.integers(1, 4)):
        board, cover = _board(rng, font_files, picture)
        picture = _hang(picture, board, cover, rng)
    return picture


def _board(
    rng: np.random.Generator, font_files: fonts.Fonts, picture: Picture
) -> tuple[Picture, shapes.Stencil]:
    # A lettered board in its own plane, and how solid it is: paint on a wall has letters only.
    height = int(rng.integers(24, 60))
    line = words.sign(rng)
    for _ in range(rng.integers(0, 3)):
        line += "\n" + words.sign(rng)
    letters = shapes.text(line, font_files.pick(rng), height, stroke=int(rng.integers(0, 2)))
    pad_y, pad_x = (int(height * rng.uniform(0.2, 1.0)) for _ in range(2))
    letters = np.pad(letters, ((pad_y, pad_y), (pad_x, pad_x)))
    ground = rng.integers(0, 256, 3) if happens(rng, 0.6) else picture[_somewhere(picture, rng)]
    ink = rng.integers(0, 256, 3) if happens(rng, 0.4) else np.full(3, 255 if ground.mean() < _MIDDLE else 0)
    strength = letters[..., None] / 255
    board = ground * (1 - strength) + ink * strength
    if happens(rng, 0.4):
        edge = max(1, height // 12)
        inset = board[edge:-edge, edge:-edge].copy()
        board[:] = ink
        board[edge:-edge, edge:-edge] = inset
    light = np.linspace(rng.uniform(0.5, 1.1), rng.uniform(0.5, 1.1), board.shape[1])[None, :, None]
    grain = rng.normal(0, rng.uniform(0, 14), board.shape[:2])[..., None]
    solid = np.full(letters.shape, 255, np.uint8) if happens(rng, 0.9) else letters
    return np.clip(board * light + grain, 0, 255).astype(np.uint8), solid


def _somewhere(picture: Picture, rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(picture.shape[0])), int(rng.integers(picture.shape[1]))


def _hang(picture: Picture, board: Picture, cover: shapes.Stencil, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    wide = int(width * rng.uniform(0.06, 0.45))
    tall = max(6, int(wide * board.shape[0] / board.shape[1] * rng.uniform(0.8, 1.25)))
    size = (max(6, wide), min(tall, height))
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]]) + rng.uniform(-0.22, 0.22, (4, 2))
    quad = tuple((corners * [board.shape[1], board.shape[0]]).ravel().tolist())
    layers = [
        Image.fromarray(layer).transform(size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC)
        for layer in (board, cover)
    ]
    if (blur := rng.uniform(-0.4, 1.3)) > 0:
        layers = [layer.filter(ImageFilter.GaussianBlur(blur)) for layer in layers]
    y, x = int(rng.integers(0, height - size[1] + 1)), int(rng.integers(0, width - size[0] + 1))
    whole = Image.fromarray(picture)
    if cover.min() == 0:  # paint: the wall shows through, its light and its grain
        ground = picture[y : y + size[1], x : x + size[0]].mean(axis=2, keepdims=True)
        lit = np.asarray(layers[0]) * (ground / max(1.0, float(ground.mean()))).clip(0, 1.5)
        layers[0] = Image.fromarray(lit.clip(0, 255).astype(np.uint8))
    whole.paste(layers[0], (x, y), layers[1])
    return np.asarray(whole)


def frame(picture: Picture, rng: np.random.Generator) -> tuple[Picture, tuple[int, int, int, int]]:
    """The picture with a plain border, or a bar, and the room for a caption: (top, left, bottom, right)."""
    height, width = picture.shape[:2]
    bar = max(12, int(height * rng.uniform(0.04, 0.12)))
    side = 0 if happens(rng, 0.6) else max(3, int(bar * rng.uniform(0.15, 0.9)))
    shade = rng.choice([0, 255, int(rng.integers(256))])
    framed = picture.copy()
    above = happens(rng, 0.15)
    box = (0, side, bar, width - side) if above else (height - bar, side, height, width - side)
    if happens(rng, 0.75):
        colour = np.full(3, shade)
        framed[box[0] : box[2]] = colour
        if side:
            framed[:side], framed[-side:], framed[:, :side], framed[:, -side:] = (
                colour,
                colour,
                colour,
                colour,
            )
    else:  # a bar one can see through
        see_through = rng.uniform(0.3, 0.8)
        part = framed[box[0] : box[2]]
        framed[box[0] : box[2]] = (part * see_through + shade * (1 - see_through)).astype(np.uint8)
    return framed, box
