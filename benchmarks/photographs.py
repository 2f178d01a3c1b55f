"""Photographs of the sizes people post, made of smaller ones, with the smaller copies a host offers."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from bowerbird import demo

DEMO: Final = Path(demo.__file__).resolve().parent / "photographs"

#: The widths that Reddit offers of a picture, up to the width of the original.
PREVIEW_WIDTHS: Final = (108, 216, 320, 640, 960, 1080)

_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})

# A PNG's size hardly depends on how hard one tries, its time does.
_PNG_EFFORT: Final = 3


def sources(folder: Path | None) -> list[Path]:
    """The pictures to start from: the folder's, or the demo's own."""
    found = sorted(path for path in (folder or DEMO).rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise SystemExit(f"{folder} holds no photographs (.jpg, .png, .webp)")
    return found


def opened(path: Path) -> Image.Image:
    """The whole picture."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


def of_area(path: Path, megapixels: float, chance: random.Random) -> Image.Image:
    """A part of a picture, in its own shape and about this large."""
    whole = opened(path)
    scale = (megapixels * 1e6 / (whole.width * whole.height)) ** 0.5
    size = (round(scale * whole.width), round(scale * whole.height))
    return resized(whole, part(whole, size, chance), size)


def part(
    whole: Image.Image, size: tuple[int, int], chance: random.Random
) -> tuple[float, float, float, float]:
    """Where a part with the shape of `size` may lie: three quarters at least of the largest that fits."""
    scale = chance.uniform(0.75, 1.0) * min(whole.width / size[0], whole.height / size[1])
    width, height = scale * size[0], scale * size[1]
    left, top = chance.uniform(0, whole.width - width), chance.uniform(0, whole.height - height)
    return (left, top, left + width, top + height)


def resized(whole: Image.Image, box: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    """The part, this large."""
    return whole.resize(size, Image.Resampling.BICUBIC, box=box)


def encoded(image: Image.Image, kind: str, quality: int = 90) -> bytes:
    """The picture's file: a JPEG, PNG or WEBP."""
    out = io.BytesIO()
    image.save(out, kind, quality=quality, compress_level=_PNG_EFFORT)
    return out.getvalue()


def copies(image: Image.Image) -> Sequence[Image.Image]:
    """Smaller copies, as Reddit makes them, small to large."""
    return [
        image.resize(
            (width, max(1, round(image.height * width / image.width))),
            Image.Resampling.LANCZOS,
            reducing_gap=3.0,
        )
        for width in PREVIEW_WIDTHS
        if width < image.width
    ]
