"""Pictures made by code: seeds for tests, nobody's property."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image


def gradient(width: int, height: int, seed: int = 0) -> Image.Image:
    """A colourful picture; another seed gives another one, also to the eye."""
    x = np.linspace(0, 255, width, dtype=np.float32)[None, :]
    y = np.linspace(0, 255, height, dtype=np.float32)[:, None]
    channels = [x + 0 * y, y + 0 * x, (x + y) / 2 + seed]
    picture = Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8), "RGB")
    if seed == 0:
        return picture
    clouds = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return Image.blend(picture, Image.fromarray(clouds, "RGB").resize((width, height)), 0.5)


def encoded(image: Image.Image, image_format: str = "JPEG") -> bytes:
    """The picture's file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format)
    return buffer.getvalue()


def jpeg(width: int = 1600, height: int = 1200, seed: int = 0) -> bytes:
    """A JPEG that passes every rule on size."""
    return encoded(gradient(width, height, seed))


def noise(width: int, height: int) -> Image.Image:
    """A picture that no format makes small."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8), "RGB")
