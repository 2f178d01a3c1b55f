"""Makes the sheet as one HTML file without scripts, network access or further files."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.core.wording import called
from bowerbird.review.page import render
from bowerbird.review.palette import DARK, LIGHT, Palette
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.gauge import Gauges, figure
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.summary import Run
from bowerbird.review.sheet.thumbs import load_thumb

# A picture takes about 12 KB. With these limits, a phone can open the page of a day of r/all.
_MOST_KEPT: Final = 240
_MOST_OF_A_GROUP: Final = 60
#: A rejected group shows this many at first, and a click unfolds the rest. The page shows a group of up to
#: `_UNFOLDED` whole: so few more are not worth a click.
_AT_FIRST: Final = 12
_UNFOLDED: Final = 18

_WIDE: Final = (12.0, 3.6)
_NARROW: Final = (4.2, 3.6)


@dataclass(frozen=True, slots=True)
class _Tile:
    """A card with its picture as a data URI and its bar; `position` runs from 0 to 100."""

    card: Card
    picture: str | None
    fills: bool
    position: float | None


@dataclass(frozen=True, slots=True)
class _Section:
    """Tiles under one heading; the page leaves out `more` further ones."""

    stage: str
    reason: str
    total: int
    shown: Sequence[_Tile]
    folded: Sequence[_Tile]

    @property
    def bare(self) -> bool:
        """Say whether the section has no picture, so that its cards may be low."""
        return not any(tile.picture for tile in (*self.shown, *self.folded))

    @property
    def more(self) -> int:
        return self.total - len(self.shown) - len(self.folded)


@dataclass(frozen=True, slots=True)
class _Chart:
    """The histogram for one kind of screen, as a data URI; `media` is its CSS media query."""

    media: str
    uri: str
    width: int
    height: int


def render_page(run: Run, histogram: Histogram | None, store: ObjectStore, title: str) -> str:
    """Make the whole page. Escape everything that strangers wrote; keep only http(s) links."""
    gauges = Gauges.of(run.cards)
    kept = [_tile(card, gauges, store) for card in run.kept[:_MOST_KEPT]]
    sections = []
    for group in run.groups:
        tiles = [_tile(card, gauges, store) for card in group.cards[:_MOST_OF_A_GROUP]]
        first = _AT_FIRST if len(tiles) > _UNFOLDED else len(tiles)
        sections.append(_Section(group.stage, group.reason, len(group.cards), tiles[:first], tiles[first:]))
    return render(
        "sheet/sheet",
        title=title,
        pictures=True,
        run=run,
        kept=_Section("", "Kept", len(run.kept), kept, ()),
        sections=sections,
        largest=max((section.total for section in sections), default=1),
        charts=_charts(histogram) if histogram else [],
        figure=figure,
        called=called,
    )


def _tile(card: Card, gauges: Gauges, store: ObjectStore) -> _Tile:
    thumb = load_thumb(store, card)
    return _Tile(
        card,
        _data_uri(thumb.data, "image/jpeg") if thumb else None,
        fills=thumb.fills if thumb else True,
        position=100 * gauges.position(card.measure) if card.measure else None,
    )


def _charts(histogram: Histogram) -> list[_Chart]:
    """Make one chart for each screen, the most particular first: a browser takes the first that fits."""
    dark, narrow = "screen and (prefers-color-scheme: dark)", "(max-width: 40rem)"
    return [
        _chart(histogram, f"{dark} and {narrow}", DARK, _NARROW),
        _chart(histogram, narrow, LIGHT, _NARROW),
        _chart(histogram, dark, DARK, _WIDE),
        _chart(histogram, "all", LIGHT, _WIDE),
    ]


def _chart(histogram: Histogram, media: str, colours: Palette, inches: tuple[float, float]) -> _Chart:
    uri = _data_uri(histogram.draw(colours, inches=inches, image_format="svg"), "image/svg+xml")
    return _Chart(media, uri, round(100 * inches[0]), round(100 * inches[1]))


def _data_uri(data: bytes, content_type: str) -> str:
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
