"""Makes smaller copies of a picture, as Reddit offers them."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from bowerbird.crawl.hosts.reddit import FACTS

# The quality is about that of Reddit's JPEG and WebP copies.
_WIDTHS: Final = FACTS.widths
_ENCODINGS: Final = (("JPEG", 85), ("JPEG", 75), ("WEBP", 80))

#: How many there are of a picture that is large enough.
COPIES: Final = len(_ENCODINGS)


#: The widest copy that Reddit offers. A larger picture need not be decoded any larger.
WIDEST: Final = max(_WIDTHS)


def copies(picture: Image.Image, side: int) -> list[bytes]:
    """Make the smallest copy whose shorter side is `side`, in each encoding; a small picture has none."""
    for width in _WIDTHS:
        height = round(picture.height * width / picture.width)
        if width < picture.width and min(width, height) >= side:
            copy = picture.resize((width, height), Image.Resampling.LANCZOS)
            return [_encoded(copy, *each) for each in _ENCODINGS]
    return []


def _encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=quality)
    return out.getvalue()
