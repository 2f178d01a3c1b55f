"""Makes the sheet's pages, without scripts: one that holds everything, or a front and pages of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.core.wording import called
from bowerbird.review.page import Nav, render
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.charts import Chart, charts
from bowerbird.review.sheet.gauge import Gauges, figure
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.places import Inside, Places
from bowerbird.review.sheet.summary import Run
from bowerbird.review.sheet.thumbs import load_thumb
from bowerbird.review.sheet.views import View, views

#: What one file may hold. More becomes pages.
MOST_BYTES: Final = 1_000_000
_MOST_KEPT: Final = 240
_MOST_OF_A_GROUP: Final = 60
#: A rejected group shows this many at first, and a click unfolds the rest. The page shows a group of up to
#: `_UNFOLDED` whole: so few more are not worth a click.
_AT_FIRST: Final = 12
_UNFOLDED: Final = 18
#: On a front with further pages.
_KEPT_ON_FRONT: Final = 48
_OF_A_GROUP_ON_FRONT: Final = 6


@dataclass(frozen=True, slots=True)
class _Tile:
    """A card with its picture's address and its bar; `position` runs from 0 to 100."""

    card: Card
    picture: str | None
    fills: bool
    position: float | None


@dataclass(frozen=True, slots=True)
class _Section:
    """Tiles under one heading; `all` is the address of the page with all of them."""

    view: View
    shown: Sequence[_Tile]
    folded: Sequence[_Tile] = ()
    all: str | None = None

    @property
    def total(self) -> int:
        return len(self.view.cards)

    @property
    def bare(self) -> bool:
        """Say whether the section has no picture, so that its cards may be low."""
        return not any(tile.picture for tile in (*self.shown, *self.folded))

    @property
    def more(self) -> int:
        return self.total - len(self.shown) - len(self.folded)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A run's sheet: where its pictures are, what it is called, and the links to other pages."""

    run: Run
    histogram: Histogram | None
    store: ObjectStore
    title: str
    nav: Nav = ()
    gauges: Gauges = field(init=False)
    views: tuple[View, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the run."""
        object.__setattr__(self, "gauges", Gauges.of(self.run.cards))
        object.__setattr__(self, "views", views(self.run))

    def whole(self) -> str | None:
        """Make one page of everything; None where that would be more than `MOST_BYTES`."""
        places = Inside()
        kept, *groups = self.views
        if len(kept.cards) > _MOST_KEPT:
            return None
        sections = [_Section(kept, self._tiles(kept.cards, places))]
        for group in groups:
            tiles = self._tiles(group.cards[:_MOST_OF_A_GROUP], places)
            first = _AT_FIRST if len(tiles) > _UNFOLDED else len(tiles)
            sections.append(_Section(group, tiles[:first], tiles[first:]))
            if places.size > MOST_BYTES:
                return None
        page = self._page(sections, places)
        return page if len(page.encode()) <= MOST_BYTES else None

    def front(self, places: Places, days: Nav = ()) -> str:
        """Make the front: the counts, the best of what was kept, and a few pictures for each reason.

        `days` are links to the sheets of other days.
        """
        sections = []
        for view in self.views:
            cards = view.cards[: _KEPT_ON_FRONT if view.keep else _OF_A_GROUP_ON_FRONT]
            more = places.view(view, 1) if len(view.cards) > len(cards) else None
            sections.append(_Section(view, self._tiles(cards, places), all=more))
        return self._page(sections, places, days)

    def page(self, view: View, number: int, places: Places) -> str:
        """Make one page of a view's pictures."""
        steps = {"previous": number - 1, "next": number + 1}
        links = {name: places.view(view, to) if 0 < to <= view.pages else None for name, to in steps.items()}
        return self._render(
            places,
            sections=[_Section(view, self._tiles(view.page(number), places))],
            days=(),
            turning={"page": number, "pages": view.pages, "front": places.front(), **links},
            charts=[],
        )

    def _page(self, sections: Sequence[_Section], places: Places, days: Nav = ()) -> str:
        drawn: list[Chart] = charts(self.histogram, places) if self.histogram else []
        return self._render(places, sections=sections, turning=None, charts=drawn, days=days)

    def _render(self, places: Places, **values: object) -> str:
        return render(
            "sheet/sheet",
            title=self.title,
            pictures=places.pictures,
            nav=self.nav,
            run=self.run,
            largest=max((len(view.cards) for view in self.views[1:]), default=1),
            figure=figure,
            called=called,
            **values,
        )

    def _tiles(self, cards: Sequence[Card], places: Places) -> list[_Tile]:
        return [self._tile(card, places) for card in cards]

    def _tile(self, card: Card, places: Places) -> _Tile:
        thumb = load_thumb(self.store, card)
        return _Tile(
            card,
            places.picture(card, thumb) if thumb else None,
            fills=thumb.fills if thumb else True,
            position=100 * self.gauges.position(card.measure) if card.measure else None,
        )
