"""Numbers to light and to sRGB, where a file describes its colours without an ICC profile.

Sources: ITU-T H.273 (code points), ITU-R BT.2100 (PQ and HLG), SMPTE ST 2094-50 (how Chromium brings the
light of HDR pictures down to what a plain screen shows).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFilter

from bowerbird.imaging.containers.shell import Chromaticities

Floats = NDArray[np.floating]
#: g, a, b, c and d of ICC's curve of type 3, or a gamma alone.
Curve = tuple[float, ...]

_D65: Final = (0.3127, 0.3290)
_C: Final = (0.310, 0.316)
BT709: Final = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_PRIMARIES: Final[Mapping[int, Chromaticities]] = {
    1: BT709,
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: ((1, 0), (0, 1), (0, 0), (1 / 3, 1 / 3)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
_PQ, _HLG = 16, 18
# BT.709, 601 and 2020 share a camera's curve, and screens show what has it by this one (BT.1886).
_CAMERA: Final = (2.4,)
_SRGB: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: Final[Mapping[int, Curve]] = {
    **dict.fromkeys((1, 6, 11, 14, 15), _CAMERA),
    4: (2.2,),
    5: (2.8,),
    7: (1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4, 0.0913),
    8: (1.0,),
    13: _SRGB,
    17: (2.6, (52.37 / 48) ** (1 / 2.6), 0, 0, 0),
}

#: The white of a page is as bright as this on an HDR screen, in cd/m2, and an HDR picture as bright as that.
_PAPER, _PEAK = 203.0, 1000.0
_HEADROOM: Final = _PEAK / _PAPER
_KNEE, _BEND = 0.5, 0.65
_LUT_SIDE: Final = 33
_DARK: Final = 0.0031308  # up to here, sRGB's curve is a line


def described(points: tuple[int, int]) -> tuple[Chromaticities, Curve] | None:
    """Primaries and curve of code points that a plain screen can show; None for all others."""
    primaries, transfer = points
    if primaries in _PRIMARIES and transfer in _CURVES:
        return _PRIMARIES[primaries], _CURVES[transfer]
    return None


@lru_cache(maxsize=4)
def tone_map(points: tuple[int, int]) -> ImageFilter.Color3DLUT | None:
    """A filter from HDR numbers to sRGB's; None where these code points are not HDR."""
    primaries, transfer = points
    if primaries not in _PRIMARIES or transfer not in {_PQ, _HLG}:
        return None
    steps = np.linspace(0, 1, _LUT_SIDE, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    light = (_pq if transfer == _PQ else _hlg)(np.stack([red, green, blue], -1).reshape(-1, 3))
    light = light @ to_xyz(_PRIMARIES[primaries]).T @ np.linalg.inv(to_xyz(_PRIMARIES[9])).T
    shown = np.clip(light, 0, None) * _gain(light.max(1, keepdims=True))
    light = shown @ (np.linalg.inv(to_xyz(BT709)) @ to_xyz(_PRIMARIES[9])).T
    return ImageFilter.Color3DLUT(_LUT_SIDE, _encoded(light).ravel().tolist(), channels=3)


def to_xyz(chromaticities: Chromaticities) -> NDArray[np.float64]:
    """The matrix from light of these primaries to XYZ. Raises LinAlgError where they lie on a line."""
    *primaries, white = (np.array([x, y, 1 - x - y]) for x, y in chromaticities)
    columns = np.stack(primaries, 1)
    return np.asarray(columns * np.linalg.solve(columns, white / white[1]))


def _pq(numbers: Floats) -> Floats:
    """BT.2100's PQ, in units of paper white."""
    power = numbers ** (32 / 2523)
    light = np.maximum(power - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * power)
    return np.asarray(light ** (16384 / 2610) * (10_000 / _PAPER))


def _hlg(numbers: Floats) -> Floats:
    """BT.2100's HLG on a screen of `_PEAK`, in units of paper white."""
    low, high = numbers**2 / 3, (np.exp((numbers - 0.55991073) / 0.17883277) + 0.28466892) / 12
    scene = np.where(numbers <= 1 / 2, low, high)
    brightness = scene @ np.array([0.2627, 0.6780, 0.0593], np.float32)
    return np.asarray(scene * brightness[:, None] ** 0.2 * _HEADROOM)


def _gain(brightest: Floats) -> Floats:
    """What a pixel is multiplied with: up to paper white by half, and above it by less and less."""
    t = np.linspace(0, 1, 256)
    middle = (1 - _BEND + _BEND / _KNEE, (1 - _BEND) * _KNEE + _BEND)
    x, y = (
        (1 - t) ** 2 * first + 2 * t * (1 - t) * bend + t**2 * last
        for first, bend, last in ((1.0, middle[0], _HEADROOM), (_KNEE, middle[1], 1.0))
    )
    shown = np.interp(brightest, x, y)
    return np.asarray(np.where(brightest <= 1, _KNEE, shown / np.maximum(brightest, 1)))


def _encoded(light: Floats) -> Floats:
    """Apply sRGB's curve."""
    light = np.clip(light, 0, 1)
    return np.asarray(np.where(light <= _DARK, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))
