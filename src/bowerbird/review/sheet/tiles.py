"""Draws one card of the poster: the picture or what stands for it, the bar, the words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageOps

from bowerbird.core.wording import called
from bowerbird.review.palette import DARK
from bowerbird.review.sheet.cards import Card, Measure
from bowerbird.review.sheet.gauge import Gauges, figure
from bowerbird.review.sheet.lettering import Ink, length, write, write_centred
from bowerbird.review.sheet.thumbs import Thumb

_VERDICT: Final = Ink(13, DARK.ink, bold=True)
_TITLE: Final = Ink(13, DARK.ink)
_ABOUT: Final = Ink(12, DARK.faint)
_CORNER: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """A card with its picture. Without a picture, it stands for `count` candidates of the same fate."""

    card: Card
    thumb: Thumb | None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class TilePainter:
    """Draws tiles `width` pixels wide onto a poster."""

    poster: Image.Image
    gauges: Gauges
    width: int

    @property
    def frame(self) -> tuple[int, int]:
        """Give the picture's size."""
        return self.width, self.width * 3 // 4

    @property
    def height(self) -> int:
        """Give a tile's height, words included."""
        return self.frame[1] + 76

    def draw(self, tile: Tile, left: int, top: int) -> None:
        """Draw a tile with its top left corner here."""
        picture = _picture(tile.thumb, self.frame) if tile.thumb else None
        if picture is None:
            self._blank(tile, left, top)
        else:
            mask = Image.new("L", self.frame)
            ImageDraw.Draw(mask).rounded_rectangle((0, 0, *self.frame), _CORNER, fill=255)
            self.poster.paste(picture, (left, top), mask)
        if tile.count is None:
            self._words(tile.card, left, top + self.frame[1] + 9)

    def _words(self, card: Card, left: int, top: int) -> None:
        pen = ImageDraw.Draw(self.poster)
        if card.measure:
            self._bar(card.measure, left, top)
        taken = write(pen, (left, top + 11), _verdict(card), _VERDICT, self.width) + 8
        # Half of a number would mislead. Where the number does not fit, the sheet shows the bar alone.
        if card.standing and length(card.standing, _ABOUT) <= self.width - taken:
            write(pen, (left + taken, top + 12), card.standing, _ABOUT, self.width - taken)
        write(pen, (left, top + 30), card.title, _TITLE, self.width)
        size = "{} \N{MULTIPLICATION SIGN} {}".format(*card.size) if card.size else ""
        about = " · ".join(filter(None, (card.community, size)))
        write(pen, (left, top + 48), about, _ABOUT, self.width)

    def _blank(self, tile: Tile, left: int, top: int) -> None:
        pen = ImageDraw.Draw(self.poster)
        width, height = self.frame
        box = left, top, left + width - 1, top + height - 1
        pen.rounded_rectangle(box, _CORNER, fill=DARK.tile, outline=DARK.line, width=2)
        middle, room = left + width // 2, width - 20
        if tile.count is not None:
            write_centred(
                pen,
                (middle, top + height // 2 - 30),
                f"{tile.count:,}",
                Ink(30, DARK.rejected, bold=True),
                room,
            )
        write_centred(pen, (middle, top + height // 2 + 4), tile.card.reason, Ink(15, DARK.ink), room)
        detail = tile.card.detail if tile.count is None else called(tile.card.stage)
        write_centred(pen, (middle, top + height // 2 + 28), detail, _ABOUT, room)

    def _bar(self, measure: Measure, left: int, top: int) -> None:
        pen = ImageDraw.Draw(self.poster)
        half = left + self.width // 2
        ends = sorted((half, left + round(self.gauges.position(measure) * (self.width - 1))))
        colour = DARK.kept if measure.margin >= 0 else DARK.rejected
        pen.rectangle((left, top, left + self.width - 1, top + 4), fill=DARK.line)
        pen.rectangle((ends[0], top, ends[1], top + 4), fill=colour)
        pen.rectangle((half - 1, top - 3, half, top + 7), fill=DARK.ink)


def _verdict(card: Card) -> str:
    """Write the shortest line that says why."""
    if card.measure is None or not (card.keep or card.measure.name == card.stage):
        return card.reason
    return f"{card.measure.called} {figure(card.measure.score)}"


def _picture(thumb: Thumb, frame: tuple[int, int]) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(thumb.data), formats=["JPEG"]) as image:
            opened = image.convert("RGB")
    except OSError:
        return None
    if thumb.fills:
        return ImageOps.fit(opened, frame, Image.Resampling.LANCZOS)
    return ImageOps.pad(opened, frame, Image.Resampling.LANCZOS, color=DARK.tile)
