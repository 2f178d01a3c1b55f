"""The histogram on a page: one drawing for each kind of screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from bowerbird.review.palette import DARK, LIGHT, Palette
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.places import Places

_WIDE: Final = (12.0, 3.6)
_NARROW: Final = (4.2, 3.6)
_IS_DARK: Final = "screen and (prefers-color-scheme: dark)"
_IS_NARROW: Final = "(max-width: 40rem)"
#: The most particular screen comes first: a browser takes the first that fits.
SCREENS: Final = (
    (f"{_IS_DARK} and {_IS_NARROW}", DARK, _NARROW),
    (_IS_NARROW, LIGHT, _NARROW),
    (_IS_DARK, DARK, _WIDE),
    ("all", LIGHT, _WIDE),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """The histogram for one kind of screen; `media` is its CSS media query, `source` its address."""

    media: str
    source: str
    width: int
    height: int


def charts(histogram: Histogram, places: Places) -> list[Chart]:
    """Make the charts of a page."""
    return [
        Chart(
            media,
            places.chart(number, partial(draw, histogram, colours, inches)),
            round(100 * inches[0]),
            round(100 * inches[1]),
        )
        for number, (media, colours, inches) in enumerate(SCREENS)
    ]


def draw(histogram: Histogram, colours: Palette, inches: tuple[float, float]) -> bytes:
    """Draw one chart as SVG."""
    return histogram.draw(colours, inches=inches, image_format="svg")
