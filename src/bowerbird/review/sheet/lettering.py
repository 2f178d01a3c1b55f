"""Writes text in pictures with DejaVu from matplotlib's own files, so nobody has to install a font."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from PIL import ImageDraw, ImageFont

_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Ink:
    """How a line is written: height in pixels, #rrggbb, weight."""

    size: int
    colour: str
    bold: bool = False

    @property
    def face(self) -> ImageFont.FreeTypeFont:
        """Load DejaVu Sans in this size and weight."""
        return _face(self.size, self.bold)


def write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, ink: Ink, width: int) -> int:
    """Write one line from its top left corner, in at most `width` pixels; returns the pixels it took."""
    fitted = fit(text, ink.face, width)
    pen.text(at, fitted, ink.colour, ink.face)
    return round(ink.face.getlength(fitted))


def length(text: str, ink: Ink) -> float:
    """Measure how many pixels a line would take."""
    return ink.face.getlength(text)


def write_centred(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, ink: Ink, width: int) -> None:
    """Write one line around its middle."""
    pen.text(at, fit(text, ink.face, width), ink.colour, ink.face, "mm")


def fit(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """Shorten the text with an ellipsis to what fits in one line of `width` pixels."""
    drawable = " ".join("".join(char for char in text if _drawable(char)).split())
    if face.getlength(drawable) <= width:
        return drawable
    while drawable and face.getlength(drawable + _ELLIPSIS) > width:
        drawable = drawable[:-1]
    return drawable.rstrip() + _ELLIPSIS


def _drawable(char: str) -> bool:
    # Basic layout cannot place a mark over its letter, and DejaVu has no emoji or CJK. Boxes help nobody.
    return ord(char) in _covered() and not unicodedata.category(char).startswith("M")


@cache
def _face(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    # With basic layout, the picture is the same with libraqm and without it.
    return ImageFont.truetype(_file(bold=bold), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _covered() -> frozenset[int]:
    return frozenset(FT2Font(_file(bold=False)).get_charmap())


def _file(*, bold: bool) -> str:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name)
