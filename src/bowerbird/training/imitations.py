"""Makes pictures that nobody loves from pictures that somebody loves.

A density knows only what it was shown. A picture painted flat, or covered with shapes and lettering, has the
layout and the colours of a photograph and lies close to it. A model needs examples to tell the two apart, and
these can be made from any owner's own pictures.
"""

from __future__ import annotations

import random
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

SIZE: Final = 256
_COARSE: Final = 96
_WORDS: Final = ("lorem ipsum dolor", "sit amet", "NEW", "consectetur adipiscing", "24/7", "www.example.org")


def flat_artwork(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Draw the picture as flat areas of a few colours, like vector art and cartoons."""
    smooth = picture.resize((_COARSE, _COARSE), Image.Resampling.LANCZOS)
    smooth = smooth.filter(ImageFilter.MedianFilter(rng.choice((3, 5))))
    large = smooth.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return large.quantize(rng.choice((5, 8, 12, 20)), dither=Image.Dither.NONE).convert("RGB")


def overlay(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Draw shapes and lettering over the picture or a plain ground, like posters, memes and screenshots."""
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        ground = picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    else:
        ground = Image.new("RGB", (SIZE, SIZE), _colour(rng))
    draw = ImageDraw.Draw(ground)
    for _ in range(rng.randrange(2, 14)):
        _mark(draw, rng)
    return ground


KINDS: Final = (flat_artwork, overlay)


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def _mark(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    x, y, reach = rng.randrange(SIZE), rng.randrange(SIZE), rng.randrange(10, SIZE // 2 - 8)
    colour = _colour(rng)
    kind = rng.randrange(4)
    if kind == 0:
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)
    elif kind == 1:
        draw.rectangle((x - reach, y - reach // 2, x + reach, y + reach // 2), fill=colour)
    elif kind == 2:  # noqa: PLR2004 - one of four
        corners = [(x + rng.randrange(-reach, reach), y + rng.randrange(-reach, reach)) for _ in range(5)]
        draw.polygon(corners, fill=colour)
    else:
        draw.text((x - reach, y), rng.choice(_WORDS), fill=colour, font_size=rng.randrange(8, 60))
