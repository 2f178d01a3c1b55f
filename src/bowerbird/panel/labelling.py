"""The label page within the page. A visit opens the place's pictures as they are, under a number of its own.

The label page speaks of pictures by number. While `mine` adds pictures the numbers change. A device that
opened the page before goes on with its own.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bowerbird.core.ports import ObjectStore
from bowerbird.review.label.app import create_pages
from bowerbird.review.label.lessons import Lessons
from bowerbird.review.label.session import LabelSession, open_session

_LASTS_S: Final = 600.0
_MOST: Final = 4
#: From `label/NUMBER/` back to the page.
_UP: Final = "../../"


@dataclass(slots=True)
class Labelling:
    """Opens label pages. `teach` makes what learns while one is open; it need not be there."""

    store: ObjectStore
    teach: Callable[[LabelSession], Lessons] | None = None
    ticks: Callable[[], float] = time.monotonic
    _open: OrderedDict[int, ASGIApp] = field(default_factory=OrderedDict, init=False)
    _opened_at: float = field(default=0.0, init=False)
    _numbers: count[int] = field(default_factory=lambda: count(1), init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def routes(self) -> list[Route | Mount]:
        """Give the routes, to stand below `label`."""
        return [Route("/", self._enter), Mount("/{number:int}", app=self._pages)]

    async def _enter(self, _request: Request) -> RedirectResponse:
        return RedirectResponse(f"{await run_in_threadpool(self._current)}/")

    def _current(self) -> int:
        """Give the number of the newest session; one that is old is followed by another."""
        with self._lock:
            if self._open and self.ticks() - self._opened_at < _LASTS_S:
                return next(reversed(self._open))
            session = open_session(self.store)
            lessons = self.teach(session) if self.teach and session.cards else None
            if lessons is not None:
                lessons.start()
            number = next(self._numbers)
            self._open[number] = create_pages(session, lessons, up=_UP)
            self._opened_at = self.ticks()
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
            return number

    async def _pages(self, scope: Scope, receive: Receive, send: Send) -> None:
        pages = self._open.get(scope["path_params"]["number"])
        # An earlier server's number, as in a bookmark: begin anew.
        await (pages or RedirectResponse("../"))(scope, receive, send)
