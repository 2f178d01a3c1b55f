"""Turns any mode and colour profile into plain sRGB pixels, as a browser would show them."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageCms

_WHITE: Final = (255, 255, 255)

# Colour space signatures of ICC.1:2022, table 19, by Pillow's mode.
_SPACES: Final = {"RGB": "RGB ", "CMYK": "CMYK"}


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert a loaded image to mode RGB, through its colour profile when it has one that is sound."""
    profile = image.info.get("icc_profile")
    flat = _flatten(image)
    transform = (
        _transform(profile, flat.mode) if isinstance(profile, bytes) and flat.mode in _SPACES else None
    )
    if transform is not None:
        converted = ImageCms.applyTransform(flat, transform)
        if converted is not None:
            return converted
    return flat if flat.mode == "RGB" else flat.convert("RGB")


def _flatten(image: Image.Image) -> Image.Image:
    """Remove alpha, palette or 16 bits, which leaves RGB, CMYK or L."""
    if image.mode.startswith("I"):
        # Pillow clips 16-bit grey to 255 when it converts; a browser scales it.
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        opaque = Image.new("RGB", layers.size, _WHITE)
        opaque.paste(layers, mask=layers.getchannel("A"))
        return opaque
    if image.mode in {"RGB", "CMYK", "L"}:
        return image
    return image.convert("RGB")


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Find the way from a profile to sRGB; None when there is nothing to do or the profile makes no sense.

    A damaged profile is ignored, as browsers do. The picture is then judged by its numbers as they are.
    """
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space != _SPACES[mode]:
            return None
        if "sRGB" in (source.profile.profile_description or ""):
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
