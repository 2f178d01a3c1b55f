"""Pictures of every kind, drawn by code: nothing checked in, nothing downloaded."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

Encode = Callable[..., bytes]


def _gradient(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Red grows to the right, green downwards, blue is constant: every corner has a colour of its own."""
    across = np.linspace(0, 255, width, dtype=np.uint8)[None, :].repeat(height, 0)
    down = np.linspace(0, 255, height, dtype=np.uint8)[:, None].repeat(width, 1)
    return np.stack([across, down, np.full_like(across, 64)], axis=-1)


@pytest.fixture
def picture() -> Callable[..., Image.Image]:
    """Draws a picture: `picture(width, height, mode)`."""

    def draw(width: int = 80, height: int = 40, mode: str = "RGB") -> Image.Image:
        return Image.fromarray(_gradient(width, height)).convert(mode)

    return draw


@pytest.fixture
def encode() -> Encode:
    """Encodes an image: `encode(image, format, **options of Pillow)`."""

    def save(image: Image.Image, image_format: str, **options: Any) -> bytes:
        out = io.BytesIO()
        image.save(out, image_format, **options)
        return out.getvalue()

    return save
