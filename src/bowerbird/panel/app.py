"""Defines the page's routes: what is shown of a place, and the pause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import FastAPI, HTTPException
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount

from bowerbird.core.errors import PermanentError, StoreError
from bowerbird.host.paused import pause, resume
from bowerbird.imaging import picture_files
from bowerbird.panel.labelling import Labelling
from bowerbird.panel.now import Now, shown
from bowerbird.panel.sheets import Sheets
from bowerbird.panel.subscribing import Subscribing
from bowerbird.review.page import Nav, colours
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.thumbs import load_thumb

_PAGE: Final = Path(__file__).parent / "page"
_ASSETS: Final = {
    "panel.js": "text/javascript",
    "panel.css": "text/css",
    "icon.svg": "image/svg+xml",
}
ICON: Final = _PAGE / "icon.svg"
# The file itself comes from a stranger, and goes to no browser: it is decoded, and made anew.
_LARGE: Final = 2048
_TABS: Final = (
    ("", "Now"),
    ("label/", "Label"),
    ("sheet/", "Sheet"),
    ("report/", "Report"),
    ("../try/", "Try"),
)
_Name = Annotated[str, PathParameter(pattern=r"^[0-9a-f]{64}$")]


class Wish(BaseModel):
    """What the page sends when the button is pressed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    paused: bool


@dataclass(frozen=True, slots=True)
class PlacePages:
    """One place's parts. `others` gives links to all places of this server."""

    now: Now
    sheets: Sheets
    labelling: Labelling
    subscribing: Subscribing
    others: Callable[[], Nav]


def tabs(here: str) -> Nav:
    """Give the links between a place's pages, as they stand on one that lies one folder deep."""
    return [(f"../{path}", text, path == f"{here}/") for path, text in _TABS]


def create_app(parts: PlacePages) -> FastAPI:
    """Make the pages of one place, to be mounted under any prefix. All addresses on them are relative."""
    app = FastAPI(title="bowerbird page", docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(StoreError)
    def not_stored(_: Request, error: StoreError) -> Response:
        return PlainTextResponse(str(error), HTTPStatus.INSUFFICIENT_STORAGE)

    _serve_page(app)
    _tell(app, parts)
    _serve_pictures(app, parts.now)
    app.mount("/label", Mount("/", routes=parts.labelling.routes()))
    app.router.routes.extend(parts.sheets.routes())
    app.router.routes.extend(parts.subscribing.routes())
    return app


def _serve_page(app: FastAPI) -> None:
    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(_PAGE / "panel.html", media_type="text/html")

    @app.get("/assets/colours.css")
    def palette() -> Response:
        return Response(colours(), media_type="text/css")

    @app.get("/assets/{name}")
    def asset(name: str) -> FileResponse:
        if name not in _ASSETS:
            raise HTTPException(404)
        return FileResponse(_PAGE / name, media_type=_ASSETS[name])


def _tell(app: FastAPI, parts: PlacePages) -> None:
    @app.get("/now")
    def now() -> dict[str, Any]:
        return parts.now.told()

    @app.get("/upkeep")
    def upkeep() -> dict[str, Any]:
        places = [{"href": href, "name": name, "here": here} for href, name, here in parts.others()]
        return {**parts.now.upkeep(), "places": places, "feeds": parts.subscribing.addresses}

    @app.get("/keeps")
    def keeps(before: str = "") -> list[dict[str, Any]]:
        return [shown(card) for card in parts.now.keeps.newest(before)]

    @app.put("/paused", status_code=204)
    def say(wish: Wish) -> None:
        for state in parts.now.pausing:
            (pause if wish.paused else resume)(state)


def _serve_pictures(app: FastAPI, now: Now) -> None:
    @app.get("/pictures/{name}/small.jpg")
    def small(name: _Name) -> Response:
        return _jpeg(_small(now, _known(now, name)))

    @app.get("/pictures/{name}/large.jpg")
    def large(name: _Name) -> Response:
        card = _known(now, name)
        data = now.place.store.get(card.image) if card.image else None
        if data is None:
            return _jpeg(_small(now, card))
        try:
            return _jpeg(picture_files.small(data, _LARGE))
        except PermanentError:
            return _jpeg(_small(now, card))


def _small(now: Now, card: Card) -> bytes | None:
    thumb = load_thumb(now.place.store, card)
    return thumb.data if thumb else None


def _known(now: Now, name: str) -> Card:
    card = now.keeps.card(name)
    if card is None:
        raise HTTPException(404)
    return card


def _jpeg(data: bytes | None) -> Response:
    if data is None:
        raise HTTPException(404)
    return Response(data, media_type="image/jpeg")
