"""Answers every error as `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:bowerbird:problem:"
# These are enough to find the mistake: a batch of a thousand wrong URLs is one mistake.
_MAX_ERRORS: Final = 20

_log = logging.getLogger(__name__)


class Problem(HTTPException):
    """Something the caller can change; `word` ends the problem's type, `detail` says what to do."""

    def __init__(
        self,
        status: HTTPStatus,
        word: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(status, detail, headers)
        self.word, self.more = word, more

    def document(self) -> dict[str, Any]:
        """Make the problem's JSON."""
        return {
            "type": _TYPE + self.word,
            "title": self.word.replace("-", " ").capitalize(),
            "status": int(self.status_code),
            "detail": self.detail,
            **self.more,
        }

    def response(self) -> JSONResponse:
        """Make the whole answer."""
        return JSONResponse(
            self.document(), self.status_code, headers=dict(self.headers or {}), media_type=MEDIA_TYPE
        )


def too_large(detail: str) -> Problem:
    """Say that something is more than a limit allows."""
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)


def malformed(detail: str) -> Problem:
    """Say that the body is not what its media type says."""
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", detail)


def problem_of(error: Exception) -> Problem:
    """Turn any exception into a problem. An unexpected one is logged, and the caller is not told of it."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, ClientDisconnect):
        return malformed("The caller went away before the body's end.")
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        word = phrase.lower().replace(" ", "-")
        return Problem(HTTPStatus(error.status_code), word, str(error.detail), headers=error.headers)
    _log.error("a request failed", exc_info=error)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "This is our fault; the log says what happened."
    )


def install(app: FastAPI) -> None:
    """Answer an app's errors as problems; `Unexpected` has to stand around the app for all other errors."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return problem_of(error).response()

    for kind in (HTTPException, RequestValidationError, ClientDisconnect):
        app.add_exception_handler(kind, answer)


class Unexpected:
    """Answers errors that no handler expected, inside the other middleware; Starlette's answer is outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and answer an exception while no answer has begun."""
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            if started:
                raise
            await problem_of(error).response()(scope, receive, send)


def _invalid(error: RequestValidationError) -> Problem:
    errors = [
        # RFC 9457 names a place in the body by a JSON pointer. The answer does not repeat what was sent.
        {"pointer": "#/" + "/".join(str(part) for part in each["loc"][1:]), "detail": each["msg"]}
        for each in error.errors()[:_MAX_ERRORS]
    ]
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid",
        "The request has fields that cannot be read; `errors` says which.",
        errors=errors,
    )
