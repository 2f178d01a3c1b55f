"""What can be measured on two copies of one picture. Pictures are RGB; brightness goes from 0 to 255."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import get_sampling

from bowerbird.imaging.header import open_image

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]

_LANCZOS: Final = Image.Resampling.LANCZOS
_BICUBIC: Final = Image.Resampling.BICUBIC

# A grid this coarse tells whether two pictures show one moment from one place. Measured on 24 photographs, in
# the middle one of the busier blocks: copies (scaled, compressed, grey, dithered, graded, sharpened) agree to
# 0.97 or more, copies cropped by 2 % to 0.79, a view 1 % to the side to 0.72 on average.
_GRID, _BLOCK, _REACH = 64, 8, 2
_AGREES: Final = 0.5
_FLAT: Final = 0.25  # mean square below which a block is noise

_TILE, _TILES = 320, 3
_SQUARE: Final = 16
_RIM: Final = 8  # what resizing spoils at the edge of a tile
_DARK, _BRIGHT = 30, 225
_VISIBLE: Final = 3.0  # mean square; a JPEG of quality 98 differs by 0.2 to 2.8 from what was saved in it
_REPEATED, _OFTEN = 0.2, 0.05


def agreement(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """How alike the structure of two pictures is: the middle block's correlation, and the part that differs.

    Tone, colour, sharpness and size do not count. Movement does.
    """
    left, right = _blocks(one), _blocks(other)
    energy = (left**2).sum(1)
    busy = energy >= max(float(np.median(energy)), _FLAT * _BLOCK**2)
    if not busy.any():
        return 1.0, 0.0
    left, right = left[busy], right[busy]
    product = np.sqrt((left**2).sum(1) * (right**2).sum(1)) + 1e-6
    correlation = (left * right).sum(1) / product
    return float(np.median(correlation)), float((correlation < _AGREES).mean())


def colour(image: Image.Image) -> float:
    """How far colours are from what brightness alone would give. About 0 for grey, sepia and one bit."""
    small = image.convert("RGB").resize((_GRID, _GRID), _LANCZOS, reducing_gap=2.0).convert("YCbCr")
    values = np.asarray(small, np.float32).reshape(-1, 3)
    level = values[:, 0] / 255
    known = np.stack([np.ones_like(level), level, level**2], 1)
    rest = values[:, 1:] - known @ np.linalg.lstsq(known, values[:, 1:], rcond=None)[0]
    return float(np.sqrt((rest**2).sum(1).mean()))


def colours(tiles: Sequence[Image.Image]) -> int:
    """How many colours there are: at most 256 in grey or with a palette, many thousands in a photograph."""
    return len({colour for tile in tiles for _, colour in tile.getcolors(_TILE**2 + 1) or ()})


def boxes(size: tuple[int, int]) -> list[Box]:
    """Where to look closely at a picture of this size: tiles all over it, on the grid of JPEG's blocks."""
    width, height = size

    def starts(side: int) -> list[int]:
        return [(side - _TILE) * step // (_TILES - 1) // 16 * 16 for step in range(_TILES)]

    if min(size) <= _TILE:
        return [(0, 0, width, height)]
    return [(x, y, x + _TILE, y + _TILE) for y in starts(height) for x in starts(width)]


def cut(image: Image.Image, where: Sequence[Box]) -> list[Image.Image]:
    """The tiles of a picture."""
    return [image.crop(box) for box in where]


def enlarged(image: Image.Image, size: tuple[int, int], where: Sequence[Box]) -> list[Image.Image]:
    """The tiles that this picture would have, enlarged to `size`."""
    across, down = image.width / size[0], image.height / size[1]
    return [
        image.resize(
            (right - left, bottom - top),
            _BICUBIC,
            box=(left * across, top * down, right * across, bottom * down),
        )
        for left, top, right, bottom in where
    ]


def detail(tiles: Sequence[Image.Image], share: float) -> tuple[float, float]:
    """How much structure a copy of `share` the side could not hold, and how much the octave below has.

    Both are mean squares where there is most structure, less those where there is least. The difference
    leaves out grain, which is everywhere.
    """
    fine, coarse, level = (
        np.concatenate(each) for each in zip(*(_bands(tile, share) for tile in tiles), strict=True)
    )
    # Black and white areas cut grain off. Compared with them, the grain elsewhere would look like structure.
    lit = (level > _DARK) & (level < _BRIGHT)
    if lit.mean() > 1 / 4:
        fine, coarse = fine[lit], coarse[lit]
    low, high = np.quantile(coarse, (0.1, 0.9))
    quiet, busy = coarse <= low, coarse >= high
    fine_part, coarse_part = (float(each[busy].mean() - each[quiet].mean()) for each in (fine, coarse))
    return fine_part, coarse_part


def repeats(tiles: Sequence[Image.Image]) -> bool:
    """Tell whether columns of pixels come twice, as in a picture enlarged without interpolation."""
    twice = []
    for tile in tiles:
        step = np.abs(np.diff(_grey(tile.convert("L")), axis=1)).mean(0)
        twice.append(step[1:-1] < _REPEATED * np.maximum(step[:-2], step[2:]))
    return float(np.concatenate(twice).mean()) > _OFTEN


def roughness(tiles: Sequence[Image.Image], share: float) -> float:
    """Mean square of the finest structure in the middle square, once scaled to `share` of the side."""
    return float(np.median(np.concatenate([_roughness(tile, share) for tile in tiles])))


def quantisation(data: bytes) -> float | None:
    """The mean step of a JPEG's brightness, 1 the finest; None for other formats."""
    reader, info, _ = open_image(data)
    return float(np.mean(reader.quantization[0])) if info.format == "JPEG" else None  # type: ignore[attr-defined]


def explained(better: Sequence[Image.Image], worse: Sequence[Image.Image], data: bytes) -> float:
    """The part of two pictures' difference that is left once one is compressed like the other's JPEG, `data`.

    Near 0, the worse one is the better one, compressed. Near 1, somebody did something else to one of them,
    or nothing that anybody could see.
    """
    before = after = 0.0
    samples = sum(3 * tile.width * tile.height for tile in better)
    for one, other in zip(better, worse, strict=True):
        before += _difference(one, other)
        after += _difference(_compressed(one, data), other)
    return after / before if before >= _VISIBLE * samples else 1.0


def _blocks(image: Image.Image) -> Floats:
    """Squares of a small grey copy, less the mean around each pixel."""
    grey = _grey(image.convert("L").resize((_GRID, _GRID), _LANCZOS, reducing_gap=2.0))
    count = _GRID // _BLOCK
    parts = _fine(grey, _REACH).reshape(count, _BLOCK, count, _BLOCK).swapaxes(1, 2)
    return parts.reshape(-1, _BLOCK**2)


def _fine(grey: Floats, reach: int) -> Floats:
    side = 2 * reach + 1
    padded = np.pad(grey, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    return np.asarray(grey - windows.mean((2, 3)), np.float32)


def _bands(tile: Image.Image, share: float) -> tuple[Floats, Floats, Floats]:
    """Mean squares above `share` of the top frequency, in the octave below it, and brightness; by square."""
    grey = tile.convert("L")
    # The limit is a little higher, because enlarging leaves something just above what the smaller copy could
    # hold.
    whole, held, half = _grey(grey), _held(grey, min(1.15 * share, 0.95)), _held(grey, share / 2)
    return _squares((whole - held) ** 2), _squares((held - half) ** 2), _squares(whole)


def _held(grey: Image.Image, share: float) -> Floats:
    small = grey.resize([max(2, round(side * share)) for side in grey.size], _LANCZOS)
    return _grey(small.resize(grey.size, _LANCZOS))


def _roughness(tile: Image.Image, share: float) -> Floats:
    grey = tile.convert("L")
    if share < 1:
        grey = grey.resize([max(3 * _SQUARE, round(side * share)) for side in grey.size], _LANCZOS)
    return _squares(_fine(_grey(grey), 1) ** 2)


def _squares(values: Floats) -> Floats:
    inner = values[_RIM:-_RIM, _RIM:-_RIM]
    rows, columns = (side // _SQUARE for side in inner.shape)
    parts = inner[: rows * _SQUARE, : columns * _SQUARE].reshape(rows, _SQUARE, columns, _SQUARE)
    return np.asarray(parts.mean((1, 3)).ravel(), np.float32)


def _grey(image: Image.Image) -> Floats:
    return np.asarray(image, np.float32)


def _difference(one: Image.Image, other: Image.Image) -> float:
    return float(((_grey(one) - _grey(other)) ** 2).sum())


def _compressed(tile: Image.Image, data: bytes) -> Image.Image:
    reader, *_ = open_image(data)
    options: dict[str, Any] = {"qtables": reader.quantization, "subsampling": max(get_sampling(reader), 0)}  # type: ignore[attr-defined]
    if reader.mode == "L":
        tile, options = tile.convert("L"), {"qtables": reader.quantization}  # type: ignore[attr-defined]
    out = io.BytesIO()
    tile.save(out, "JPEG", **options)
    return Image.open(out).convert("RGB")
