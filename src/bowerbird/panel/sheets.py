"""The contact sheet and the report of a place, made when somebody asks, a day at a time."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bowerbird.core.decision_log import days
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.core.yields import Yields, read_yields
from bowerbird.review.page import SERVED, Around, Nav, policy
from bowerbird.review.report.examples import Examples, smaller
from bowerbird.review.report.page import promised, render_page
from bowerbird.review.sheet import Reference
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.charts import SCREENS, draw
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.places import Served
from bowerbird.review.sheet.thumbs import Thumb, load_thumb
from bowerbird.review.sheet.write import read_placed

ALL: Final = "all"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FRESH_S: Final = 60.0
_MOST: Final = 2
_MOST_DAYS: Final = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a day, or of all days: the sheet, the counts, and each card by its digest."""

    sheet: Sheet
    yields: Yields
    cards: dict[str, Card]
    promises: tuple[str, ...]
    at: float


@dataclass(slots=True)
class Sheets:
    """Makes the pages of one place. `tabs` are the links to its other pages, by the one that is open.

    `reference` gives the scores of the bundle that judges there now.
    """

    store: ObjectStore
    name: str
    reference: Callable[[], Reference | None]
    tabs: Callable[[str], Nav]
    ticks: Callable[[], float] = time.monotonic
    _opened: OrderedDict[str, Opened] = field(default_factory=OrderedDict, init=False)
    _charts: dict[tuple[str, float, int], bytes] = field(default_factory=dict, init=False)
    # Matplotlib's settings belong to the whole process.
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False)

    def routes(self) -> list[BaseRoute]:
        """Give the routes of both pages."""
        return [
            Route("/sheet/", self._sheet),
            Route("/sheet/pictures/{name}.jpg", self._picture),
            Route("/sheet/charts/{day}/{number:int}.svg", self._chart),
            Route("/report/", self._report),
            Route("/report/pictures/{name}.jpg", self._smaller_picture),
        ]

    def _sheet(self, request: Request) -> Response:
        day = self._day(request)
        sheet = self._open(day).sheet
        of, number = request.query_params.get("of"), request.query_params.get("page", "1")
        if of is None:
            return _page("sheet/sheet", sheet.front(Served(day), self._days(day)))
        view = next((view for view in sheet.views if view.name == of), None)
        if view is None or not re.fullmatch(r"\d{1,6}", number) or not view.page(int(number)):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return _page("sheet/sheet", sheet.page(view, int(number), Served(day)))

    def _report(self, request: Request) -> Response:
        day = self._day(request)
        opened = self._open(day)
        examples = Examples(opened.sheet.run, self.store, Served(day))
        title = f"Where kept pictures come from: {self.name}"
        around = Around(self.tabs("report"), self._days(day))
        page = render_page(opened.yields, title, opened.promises, examples, around)
        return _page("report/yields", page)

    def _picture(self, request: Request) -> Response:
        return Response(self._thumb(request).data, media_type="image/jpeg")

    def _smaller_picture(self, request: Request) -> Response:
        return Response(smaller(self._thumb(request)).data, media_type="image/jpeg")

    def _thumb(self, request: Request) -> Thumb:
        name = request.path_params["name"]
        with self._lock:
            found = [opened.cards[name] for opened in self._opened.values() if name in opened.cards]
        thumb = load_thumb(self.store, found[-1]) if found else None
        if thumb is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return thumb

    def _chart(self, request: Request) -> Response:
        day, number = request.path_params["day"], request.path_params["number"]
        if number >= len(SCREENS) or day not in self._known():
            raise HTTPException(HTTPStatus.NOT_FOUND)
        with self._lock:
            opened = self._open(day)
            if opened.sheet.histogram is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            key = (day, opened.at, number)
            if key not in self._charts:
                self._charts = {each: svg for each, svg in self._charts.items() if each[:2] == key[:2]}
                _, colours, inches = SCREENS[number]
                self._charts[key] = draw(opened.sheet.histogram, colours, inches)
            return Response(self._charts[key], media_type="image/svg+xml")

    def _day(self, request: Request) -> str:
        """Read which day is asked for; the last one by default."""
        known = self._known()
        day = request.query_params.get("day", known[-2] if len(known) > 1 else ALL)
        if day not in known:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return day

    def _known(self) -> list[str]:
        return [*sorted(day for day in days(self.store) if _DAY.fullmatch(day)), ALL]

    def _days(self, day: str) -> Nav:
        """Give links to the last days, and to all together."""
        *known, all_of_them = self._known()
        if len(known) < 2:  # noqa: PLR2004 - one day is all of them
            return ()
        links = [(f"?day={each}", each, each == day) for each in reversed(known[-_MOST_DAYS:])]
        return [(f"?day={all_of_them}", "All days", day == all_of_them), *links]

    def _open(self, day: str) -> Opened:
        with self._lock:
            known = self._opened.get(day)
            if known is not None and self.ticks() - known.at < _FRESH_S:
                return known
            self._opened[day] = self._read(day)
            self._opened.move_to_end(day)
            while len(self._opened) > _MOST:
                self._opened.popitem(last=False)
            return self._opened[day]

    def _read(self, day: str) -> Opened:
        only = None if day == ALL else day
        run, histogram = read_placed(self.store, self.reference(), only)
        sheet = Sheet(run, histogram, self.store, f"Contact sheet of {self.name}", self.tabs("sheet"))
        cards = {digest(card.candidate): card for card in run.cards}
        promises = tuple(promised(self.store, only))
        return Opened(sheet, read_yields(self.store, only), cards, promises, self.ticks())


def _page(name: str, text: str) -> HTMLResponse:
    own = f"{policy(name, SERVED)}; frame-ancestors 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": own})
