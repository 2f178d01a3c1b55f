"""Defines the page's routes: pictures, thumbnails, and the owner's word on each picture."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException
from fastapi import Path as PathParameter
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from bowerbird.core.errors import StoreError
from bowerbird.review.label.guard import Guard
from bowerbird.review.label.lessons import Lessons
from bowerbird.review.label.session import LabelSession
from bowerbird.review.label.small import SmallBodies
from bowerbird.serve.http.headers import SafeHeaders
from bowerbird.serve.http.quotas import Limits

_PAGE: Final = Path(__file__).parent / "page"
_ASSETS: Final = {
    "label.js": "text/javascript",
    "taste.js": "text/javascript",
    "zoom.js": "text/javascript",
    "label.css": "text/css",
    "label.svg": "image/svg+xml",
}
_Number = Annotated[int, PathParameter(ge=0)]


class Word(BaseModel):
    """What the page sends when a key is pressed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    keep: bool


def create_app(
    session: LabelSession, limits: Limits | None = None, lessons: Lessons | None = None
) -> FastAPI:
    """Make the application; it answers only to this machine's own names."""
    guards = [
        Middleware(SafeHeaders),
        Middleware(Guard),
        Middleware(SmallBodies, limits=limits or Limits()),
    ]
    return create_pages(session, lessons, guards)


def create_pages(
    session: LabelSession,
    lessons: Lessons | None = None,
    guards: Sequence[Middleware] = (),
    up: str | None = None,
) -> FastAPI:
    """Make the pages alone, to be mounted under any prefix of an application that has its own guards.

    All addresses on the page are relative, so the prefix must be opened with a slash at its end. Without
    `lessons` the page learns nothing while it is open. `up` is the address of the page that has this
    one in it.
    """
    app = FastAPI(
        title="bowerbird label", middleware=list(guards), docs_url=None, redoc_url=None, openapi_url=None
    )

    _add_errors(app)

    _serve_page(app)
    _serve_pictures(app, session, lessons, up)
    _take_words(app, session, lessons)
    return app


def _serve_page(app: FastAPI) -> None:
    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(_PAGE / "label.html", media_type="text/html")

    @app.get("/assets/{name}")
    def asset(name: str) -> FileResponse:
        if name not in _ASSETS:
            raise HTTPException(404)
        return FileResponse(_PAGE / name, media_type=_ASSETS[name])


def _serve_pictures(app: FastAPI, session: LabelSession, lessons: Lessons | None, up: str | None) -> None:
    @app.get("/pictures")
    def pictures() -> dict[str, Any]:
        return {
            "threshold": session.threshold,
            "unreadable": session.unreadable,
            "days": session.days,
            "learning": lessons is not None,
            "up": up,
            "pictures": session.shown(),
        }

    @app.get("/taste")
    def taste() -> dict[str, Any]:
        if lessons is None:
            raise HTTPException(404)
        return lessons.told()

    @app.get("/pictures/{number}/small.jpg")
    def small(number: _Number) -> Response:
        return _jpeg(session.small(_known(session, number)))

    @app.get("/pictures/{number}/large.jpg")
    def large(number: _Number) -> Response:
        return _jpeg(session.large(_known(session, number)))


def _take_words(app: FastAPI, session: LabelSession, lessons: Lessons | None) -> None:
    @app.put("/pictures/{number}/label", status_code=204)
    def say(number: _Number, word: Word) -> None:
        session.say(_known(session, number), keep=word.keep)
        if lessons is not None:
            lessons.look_at(number)

    @app.delete("/pictures/{number}/label", status_code=204)
    def unsay(number: _Number) -> None:
        session.unsay(_known(session, number))


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(StoreError)
    def not_stored(_: Request, error: StoreError) -> Response:
        # The page shows the error: the owner makes room on a full disk, and gives the label again.
        return PlainTextResponse(str(error), HTTPStatus.INSUFFICIENT_STORAGE)

    @app.exception_handler(RequestValidationError)
    def not_understood(_: Request, __: RequestValidationError) -> Response:
        # The framework's own answer repeats what was sent, and breaks where that is no text.
        said = 'A label is {"keep": true} or {"keep": false}.'
        return PlainTextResponse(said, HTTPStatus.UNPROCESSABLE_ENTITY)


def _known(session: LabelSession, number: int) -> int:
    if number >= len(session.cards):
        raise HTTPException(404)
    return number


def _jpeg(data: bytes | None) -> Response:
    if data is None:
        raise HTTPException(404)
    return Response(data, media_type="image/jpeg")
