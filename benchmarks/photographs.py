"""Photographs of the sizes people post, made of smaller ones, with the smaller copies a host offers."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image

DEMO: Final = Path(__file__).resolve().parent.parent / "infra" / "local" / "demo" / "photographs"

#: The widths that Reddit offers of a picture, up to the width of the original.
PREVIEW_WIDTHS: Final = (108, 216, 320, 640, 960, 1080)

_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def sources(folder: Path | None) -> list[Path]:
    """The pictures to start from: the folder's, or the demo's own."""
    found = sorted(path for path in (folder or DEMO).rglob("*") if path.suffix.lower() in _SUFFIXES)
    if not found:
        raise SystemExit(f"{folder} holds no photographs (.jpg, .png, .webp)")
    return found


def photograph(path: Path, megapixels: float, chance: random.Random) -> Image.Image:
    """A part of a picture, three quarters at least, at the size wanted."""
    with Image.open(path) as opened:
        whole = opened.convert("RGB")
    share = chance.uniform(0.75, 1.0)
    width, height = share * whole.width, share * whole.height
    left, top = chance.uniform(0, whole.width - width), chance.uniform(0, whole.height - height)
    scale = (megapixels * 1e6 / (width * height)) ** 0.5
    size = (round(width * scale), round(height * scale))
    return whole.resize(size, Image.Resampling.BICUBIC, box=(left, top, left + width, top + height))


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """The picture's file."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def previews(image: Image.Image) -> Sequence[tuple[int, int, bytes]]:
    """Smaller copies, as (width, height, file), small to large."""
    copies = []
    for width in PREVIEW_WIDTHS:
        if width < image.width:
            size = (width, round(image.height * width / image.width))
            small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            copies.append((*size, jpeg(small, quality=80)))
    return copies
