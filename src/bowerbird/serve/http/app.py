"""The HTTP API and its page, as one ASGI application; uvicorn and Lambda run the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from bowerbird import __version__
from bowerbird.serve.http.early_answers import LingeringAnswers
from bowerbird.serve.http.gate import Gate
from bowerbird.serve.http.headers import SafeHeaders
from bowerbird.serve.http.problems import Unexpected, install
from bowerbird.serve.http.routes import router
from bowerbird.serve.http.service import Service

_PAGE: Final = Path(__file__).with_name("page")
_FILES: Final = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
    "/page.js": ("page.js", "text/javascript"),
}


def create_app(service: Service) -> FastAPI:
    """Make the application. It has no documentation pages, because they load scripts from elsewhere."""
    app = FastAPI(
        title="Bowerbird",
        summary="Tells whether a picture looks like what its owner loves, and carries no watermark.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(router(service))
    for path, (name, media_type) in _FILES.items():
        _add_file(app, path, name, media_type)
    install(app)
    # The last one added stands outermost.
    app.add_middleware(Gate, room=service.room, limits=service.limits)
    app.add_middleware(Unexpected)
    app.add_middleware(LingeringAnswers)
    app.add_middleware(SafeHeaders)
    return app


def _add_file(app: FastAPI, path: str, name: str, media_type: str) -> None:
    content = (_PAGE / name).read_bytes()

    async def page_file() -> Response:
        return Response(content, media_type=media_type)

    app.add_api_route(path, page_file, methods=["GET", "HEAD"], include_in_schema=False)
