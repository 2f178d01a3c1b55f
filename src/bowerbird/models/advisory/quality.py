"""Estimates how free a photograph is from noise, blur, blocks, bands and overdone processing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.json_text import parsed

_Planes = NDArray[np.float32]

# Tiles start at multiples of 8, because the blocks of JPEG do.
_BLOCK: Final = 8
_TILE: Final = 160
_TILES: Final = (3, 4)
_CELL: Final = 16

#: Below this side, in pixels, there is too little to judge.
LEAST: Final = _TILE


@dataclass(frozen=True, slots=True)
class _Faults:
    """A logistic model for each fault, a row of `weight`. layers/models/workshop/quality.py fits them."""

    names: tuple[str, ...]
    mean: _Planes
    scale: _Planes
    weight: _Planes
    bias: _Planes

    def probabilities(self, measured: _Planes) -> _Planes:
        z = np.clip((measured - self.mean) / self.scale, -4, 4)
        logits = self.weight @ np.concatenate([z, z * z]) + self.bias
        return np.asarray(0.5 * (1 + np.tanh(0.5 * logits)), np.float32)


def quality(image: Image.Image) -> float | None:
    """1 for a faultless photograph, 0 for one with a clear fault; RGB at full size, None below 160 pixels.

    It is 1 minus the probability of the likeliest fault. Drawings and night skies are judged as if they were
    photographs by day. Measured in layers/models/README.md.
    """
    found = faults(image)
    return None if found is None else 1.0 - max(found.values())


def faults(image: Image.Image) -> dict[str, float] | None:
    """The probability of every fault, by name; RGB at full size, None below 160 pixels."""
    measured = measure(image)
    if measured is None:
        return None
    model = _faults()
    return dict(zip(model.names, model.probabilities(measured).tolist(), strict=True))


def measure(image: Image.Image) -> _Planes | None:
    """The numbers that the faults are told by; RGB at full size, None below 160 pixels."""
    colours = _tiles(np.asarray(image))
    if colours is None:
        return None
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    half = grey.reshape(len(grey), _TILE // 2, 2, _TILE // 2, 2).mean((2, 4))
    found = [*_grain(grey), *_edges(grey), *_blocks(grey), *_bands(grey), *_colour(colours)]
    for plane in (grey, half):
        found += _texture(plane)
    return np.array(found, np.float32)


@cache
def _faults() -> _Faults:
    told = parsed(resources.files(__package__).joinpath("quality.json").read_text("utf-8"))
    arrays = {name: np.array(told[name], np.float32) for name in ("mean", "scale", "weight", "bias")}
    return _Faults(tuple(told["faults"]), **arrays)


def _tiles(pixels: NDArray[np.uint8]) -> _Planes | None:
    # At most 3 by 4 tiles, spread evenly; N x side x side x 3.
    starts = []
    for side, most in zip(pixels.shape[:2], _TILES, strict=True):
        if side < _TILE:
            return None
        count = min(most, side // _TILE)
        spread = np.linspace(0, side - _TILE, count) if count > 1 else np.array([(side - _TILE) / 2])
        starts.append((spread // _BLOCK * _BLOCK).astype(int))
    cut = [pixels[y : y + _TILE, x : x + _TILE] for y in starts[0] for x in starts[1]]
    return np.stack(cut).astype(np.float32)


def _log(value: float | np.floating[np.generic]) -> float:  # type: ignore[type-var]
    return float(np.log(float(value) + 1e-2))


def _cells(planes: _Planes) -> _Planes:
    side = planes.shape[1] // _CELL
    cut = planes[:, : side * _CELL, : side * _CELL].reshape(-1, side, _CELL, side, _CELL)
    return np.asarray(cut.mean((2, 4)).ravel())


def _grain(grey: _Planes) -> list[float]:
    # Second differences across and down see no slopes and no straight edges. In the calmest cells, noise is
    # left.
    across = np.diff(grey, 2, axis=2)
    grain = _cells(np.asarray(np.abs(np.diff(across, 2, axis=1)) / 6, np.float32))
    calm, middle = np.quantile(grain, (0.1, 0.5))
    return [_log(calm), _log(middle), _log(calm) - _log(middle)]


def _steps(grey: _Planes, by: int) -> tuple[_Planes, _Planes]:
    return np.abs(grey[:, :, by:] - grey[:, :, :-by]), np.abs(grey[:, by:] - grey[:, :-by])


def _edges(grey: _Planes) -> list[float]:
    # How steep edges are: a blurred one needs several pixels for what a sharp one does in one.
    means, tops = [], []
    for by in (1, 2, 4):
        steps = _steps(grey, by)
        means.append(_log(np.mean([step.mean() for step in steps])))
        tops.append(_log(np.mean([np.quantile(step[:, ::2, ::2], 0.98) for step in steps])))
    return [means[0] - means[1], means[1] - means[2], tops[0] - tops[1], tops[1] - tops[2], means[0]]


def _blocks(grey: _Planes) -> list[float]:
    # Steps at the borders of blocks beside steps within them, where the picture is calm and everywhere.
    found = []
    for step in _steps(grey, 1):
        lines = step if step.shape[2] % _BLOCK else step.swapaxes(1, 2)
        at = np.arange(lines.shape[2]) % _BLOCK == _BLOCK - 1
        border, within = lines[:, :, at], lines[:, :, ~at]
        found.append(_log(border.mean()) - _log(within.mean()))
        found.append(_log(np.minimum(border, 8).mean()) - _log(np.minimum(within, 8).mean()))
    return [sum(found[0::2]) / 2, sum(found[1::2]) / 2]


def _bands(grey: _Planes) -> list[float]:
    # Where brightness changes slowly, the share of neighbours that are equal, and of steps that stand alone.
    slow = grey[:, :, 8:] - grey[:, :, :-8]
    step = np.abs(np.diff(grey, axis=2))[:, :, 3:-4]
    where = (np.abs(slow) > 0.5) & (np.abs(slow) < 6)  # noqa: PLR2004 - levels of 256 over eight pixels
    if not where.any():
        return [0.0, 0.0, float((step < 0.5).mean())]  # noqa: PLR2004
    equal = step < 0.5  # noqa: PLR2004 - half a level
    alone = ~equal[:, :, 1:-1] & equal[:, :, :-2] & equal[:, :, 2:]
    height = step[:, :, 1:-1][alone & where[:, :, 1:-1]]
    return [float(equal[where].mean()), _log(height.mean()) if len(height) else 0.0, float(equal.mean())]


def _colour(colours: _Planes) -> list[float]:
    top, low = colours.max(-1), colours.min(-1)
    vivid = (top - low) / (top + 8)
    clipped = (colours > 253.5).mean() + (colours < 1.5).mean()  # noqa: PLR2004 - white and black
    return [float(vivid.mean()), float(np.quantile(vivid[:, ::2, ::2], 0.95)), _log(clipped)]


def _texture(grey: _Planes) -> list[float]:
    # Brightness less its surroundings, in units of their deviation: natural pictures have one distribution of
    # it, which every fault bends. https://doi.org/10.1109/TIP.2012.2214050
    mean = _box(grey)
    spread = np.sqrt(np.maximum(_box(grey * grey) - mean * mean, 0))
    inner = grey[:, 3:-3, 3:-3]
    even = (inner - mean) / (spread + 1)
    power = float((even * even).mean())
    shape = np.abs(even).mean() ** 2 / (power + 1e-6)
    peaked = (even**4).mean() / (power**2 + 1e-6)
    found = [_log(power), _log(shape), _log(peaked)]
    height, width = even.shape[1:]
    for down, across in ((0, 1), (1, 0), (1, 1)):  # what neighbours have in common
        both = even[:, down:, across:] * even[:, : height - down, : width - across]
        found.append(float(both.mean() / (power + 1e-6)))
    calm = np.quantile(spread[:, ::2, ::2], 0.1)
    return [*found, _log(spread.mean()), _log(spread.mean()) - _log(grey.std()), _log(calm)]


def _box(planes: _Planes, side: int = 7) -> _Planes:
    sums = planes.astype(np.float64).cumsum(1).cumsum(2)
    sums = np.pad(sums, ((0, 0), (1, 0), (1, 0)))
    inside = sums[:, side:, side:] - sums[:, :-side, side:] - sums[:, side:, :-side] + sums[:, :-side, :-side]
    return np.asarray(inside / side**2, np.float32)
