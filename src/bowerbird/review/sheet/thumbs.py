"""Loads the small pictures that the filter left for the sheet."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from bowerbird.core.errors import PermanentError
from bowerbird.core.keys import thumb_key
from bowerbird.core.ports import ObjectStore
from bowerbird.imaging import picture_files
from bowerbird.review.palette import DARK
from bowerbird.review.sheet.cards import Card

# The filter writes 256 px JPEGs of 5 to 25 KB. The sheet shows nothing else that stands under their keys.
_SIDE: Final = 256
_MOST_BYTES: Final = 256 * 1024
_MOST_PIXELS: Final = 1024


@dataclass(frozen=True, slots=True)
class Thumb:
    """A JPEG whose header has been read; width and height in pixels.

    `marked` if something in it is framed.
    """

    data: bytes
    width: int
    height: int
    marked: bool = False

    @property
    def fills(self) -> bool:
        """Say whether the picture may be cropped to 4:3 without losing what it is; a banner may not."""
        return not self.marked and 0.95 <= self.width / self.height <= 2  # noqa: PLR2004 - crops at most a third


def load_thumb(store: ObjectStore, card: Card) -> Thumb | None:
    """Load a candidate's thumbnail, or make it from the survivor; give None if neither is stored."""
    data = store.get(thumb_key(card.candidate)) or _from_survivor(store, card)
    if data is None or len(data) > _MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            width, height = image.size
            if max(width, height) > _MOST_PIXELS:
                return None
            if card.mark is None:
                return Thumb(data, width, height)
            return Thumb(_outlined(image, card.mark), width, height, marked=True)
    except OSError:
        return None


def _outlined(image: Image.Image, mark: tuple[float, float, float, float]) -> bytes:
    # A frame around the watermark, light within dark, stands out from any background.
    drawn = image.convert("RGB")
    pen = ImageDraw.Draw(drawn)
    left, right = (round(share * (drawn.width - 1)) for share in mark[::2])
    top, bottom = (round(share * (drawn.height - 1)) for share in mark[1::2])
    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline=DARK.paper)
    pen.rectangle((left, top, right, bottom), outline=DARK.rejected, width=2)
    buffer = io.BytesIO()
    drawn.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _from_survivor(store: ObjectStore, card: Card) -> bytes | None:
    original = store.get(card.image) if card.image else None
    if original is None:
        return None
    try:
        return picture_files.small(original, _SIDE)
    except PermanentError:
        return None
