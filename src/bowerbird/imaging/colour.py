"""Turns any mode and colour profile into plain sRGB pixels, as a browser would show them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product
from typing import Final

from PIL import Image, ImageChops, ImageCms

from bowerbird.imaging.containers.shell import Chromaticities, Colour
from bowerbird.imaging.icc import code_points_in

_WHITE: Final = (255, 255, 255)
_GREY: Final = frozenset({"1", "L", "LA"})

# Colour space signatures of ICC.1:2022, table 19, by Pillow's mode.
_SPACES: Final = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}
# A conversion that moves no number by more is left out: LittleCMS rounds by as much.
_SAME: Final = 2
_STEPS: Final = (0, 31, 63, 95, 127, 159, 191, 223, 255)


@dataclass(frozen=True, slots=True)
class _Way:
    """How to get to sRGB from numbers of a mode; `transform` is None where nothing would change."""

    mode: str
    transform: ImageCms.ImageCmsTransform | None

    def go(self, image: Image.Image) -> Image.Image:
        """Convert."""
        if self.transform is None:
            return _rgb(image)
        numbers = image if image.mode == self.mode else image.convert(self.mode)
        return ImageCms.applyTransform(numbers, self.transform) or _rgb(image)


def to_srgb(image: Image.Image, colour: Colour) -> Image.Image:
    """Convert a loaded image to mode RGB, over white, through what is sound of its `colour`."""
    plain, opaque = _parted(image)
    shown = _shown(plain, colour)
    if opaque is None:
        return shown
    page = Image.new("RGB", shown.size, _WHITE)
    page.paste(shown, mask=opaque)
    return page


def _parted(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split an image into RGB, CMYK or L, and what of it is opaque, if anything is not."""
    if image.mode.startswith("I"):
        # Pillow clips 16-bit grey to 255 when it converts; a browser scales it.
        return image.point(lambda value: value / 256).convert("L"), _visible(image)
    if image.has_transparency_data:
        layers = image.convert("LA" if image.mode in _GREY else "RGBA")
        return layers.convert("L" if image.mode in _GREY else "RGB"), layers.getchannel("A")
    if image.mode == "1":
        return image.convert("L"), None
    return image if image.mode in _SPACES else image.convert("RGB"), None


def _visible(image: Image.Image) -> Image.Image | None:
    """All but the one value that 16-bit grey may have for what is transparent."""
    hidden = image.info.get("transparency")
    if not isinstance(hidden, int):
        return None
    import numpy as np  # noqa: PLC0415 - see `_shown`

    return Image.fromarray((np.asarray(image) != hidden).astype(np.uint8) * 255)


def _shown(image: Image.Image, colour: Colour) -> Image.Image:
    points = colour.code_points or code_points_in(colour.profile or b"")
    if points is None and colour.gamma is None:
        return _by(_embedded(colour.profile, image.mode), image)
    # Few pictures tell their colours by numbers, and numpy takes 10 MB and a tenth of a second of a worker.
    from bowerbird.imaging import transfer  # noqa: PLC0415

    if points is not None and (tone_map := transfer.tone_map(points)) is not None:
        return _rgb(image).filter(tone_map)
    look = transfer.described(colour.code_points) if colour.code_points else None
    way = _written(*look) if look else None
    way = way or _embedded(colour.profile, image.mode)
    if way is None and colour.gamma is not None and _opened(colour.profile or b"") is None:
        way = _written(colour.chromaticities or transfer.BT709, (colour.gamma,))
    return _by(way, image)


def _by(way: _Way | None, image: Image.Image) -> Image.Image:
    return way.go(image) if way else _rgb(image)


def _rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _written(chromaticities: Chromaticities, curve: Sequence[float]) -> _Way | None:
    from bowerbird.imaging import profiles  # noqa: PLC0415 - it needs numpy

    profile = profiles.written(chromaticities, curve)
    return _way(profile, "RGB") if profile else None


def _embedded(profile: bytes | None, mode: str) -> _Way | None:
    """A browser believes a profile of three colours for a grey picture, too."""
    if not profile:
        return None
    return _way(profile, mode) or (_way(profile, "RGB") if mode == "L" else None)


@lru_cache(maxsize=16)
def _way(profile: bytes, mode: str) -> _Way | None:
    """Find the way from a profile to sRGB; None when the profile makes no sense for the mode.

    A damaged profile is ignored, as browsers do. The picture is then judged by its numbers as they are.
    """
    source = _opened(profile)
    if source is None:
        return None
    try:
        if source.profile.xcolor_space != _SPACES[mode]:
            return None
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
        return _Way(mode, None if _changes_nothing(transform, mode) else transform)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile | None:
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tell by colours from all over, not by the profile's name, whether it is sRGB."""
    if mode == "CMYK":
        return False
    numbers = bytes(chain.from_iterable(product(_STEPS, repeat=3)))
    before = Image.frombytes("RGB", (1, len(numbers) // 3), numbers).convert(mode)
    after = ImageCms.applyTransform(before, transform)
    moved = ImageChops.difference(after or before, before.convert("RGB"))
    return max(moved.tobytes()) <= _SAME
