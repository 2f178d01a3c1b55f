"""Who may come in: this machine's own browser, or a device that has signed in; never another site's page.

- A stranger can let a name of his own resolve to this machine (DNS rebinding). His page then asks with his
  name in Host. Where nobody signs in, only this machine's own names are answered. Where devices sign in, his
  page has no cookie of ours, as cookies belong to a name, and sees nothing but the page to sign in.
- A stranger's page can send requests (cross-site request forgery). Browsers name its origin, and do not send
  along a cookie that is `SameSite=Strict`.
- A feed reader cannot sign in. It carries a key of its own in the address, which opens the feeds and their
  pictures, for reading, whoever asks: a reader in a browser is a page of another site.
- The port is not looked at: whoever comes through an SSH tunnel, or out of a container, names another.

https://owasp.org/www-community/attacks/csrf, https://en.wikipedia.org/wiki/DNS_rebinding
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bowerbird.core.json_text import parsed
from bowerbird.panel.addresses import is_loopback
from bowerbird.panel.attempts import Attempts
from bowerbird.panel.token import COOKIE, LASTS_S, Credentials
from bowerbird.review.page import colours
from bowerbird.serve.http.gate import foreign
from bowerbird.serve.names import without_port

_PAGE: Final = Path(__file__).parent / "page"
_READING: Final = frozenset({"GET", "HEAD"})
#: What a device needs to sign in, and what a watchdog asks; none of it tells anything of the place.
COLOURS: Final = "/colours.css"
_OPEN: Final = {
    "/sign-in.js": "text/javascript",
    "/panel.css": "text/css",
    "/icon.svg": "image/svg+xml",
    COLOURS: "text/css",
}
_HEALTH: Final = "/health"
_SIGN_IN: Final = "/sign-in"
#: Says only whether the device is signed in.
_SIGNED_IN: Final = "/signed-in"
# Judging changes nothing here, and is asked by programs, which name no origin.
_FOR_PROGRAMS: Final = "/judge"
_FEEDS: Final = re.compile(r"/\d+/feeds/[^/]+")
_LONGEST: Final = 1024


class Door:
    """Lets requests in or turns them away. Without `credentials` only this machine is answered."""

    def __init__(
        self, app: ASGIApp, credentials: Credentials | None, clock: Callable[[], float] = time.time
    ) -> None:
        self._app, self._credentials, self._clock = app, credentials, clock
        self._attempts = Attempts(time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = None if self._subscribed(request) else await self._answer(request)
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        headers, path = request.headers, request.url.path
        if _foreign(request.method, headers):
            return _told(HTTPStatus.FORBIDDEN, "Pages of other sites may not use this.")
        if self._credentials is None:
            if not is_loopback(without_port(headers.get("host", ""))):
                return _told(
                    HTTPStatus.MISDIRECTED_REQUEST, "Open the address that `bowerbird serve` printed."
                )
            return _unnamed(request)
        if request.method in _READING and (path in _OPEN or path == _HEALTH):
            return _file(path) if path in _OPEN else None
        if path == _SIGN_IN and request.method == "POST":
            return await self._sign_in(request, self._credentials)
        return self._unless_known(request, self._credentials)

    def _subscribed(self, request: Request) -> bool:
        """Tell whether a feed is read by the key that the page shows."""
        feed = request.method in _READING and _FEEDS.fullmatch(request.url.path)
        if not feed or self._credentials is None:
            return False
        key = request.query_params.get("key", "")
        return hmac.compare_digest(key.encode(), self._credentials.feed_key.encode())

    def _unless_known(self, request: Request, credentials: Credentials) -> Response | None:
        if credentials.signed_in(_cookie(request.headers), self._clock()):
            there = request.url.path == _SIGNED_IN
            return Response(status_code=HTTPStatus.NO_CONTENT) if there else _unnamed(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._try(request, token, credentials)
        if request.method in _READING and "text/html" in request.headers.get("accept", ""):
            return FileResponse(
                _PAGE / "sign-in.html", status_code=HTTPStatus.UNAUTHORIZED, media_type="text/html"
            )
        return _told(HTTPStatus.UNAUTHORIZED, "Sign in first.")

    async def _sign_in(self, request: Request, credentials: Credentials) -> Response:
        token = await _sent(request)
        refusal = self._try(request, token, credentials)
        if refusal is not None:
            return refusal
        answer = Response(status_code=HTTPStatus.NO_CONTENT)
        answer.set_cookie(
            COOKIE,
            credentials.cookie(self._clock()),
            max_age=LASTS_S,
            httponly=True,
            samesite="strict",
            # A proxy may speak https for us. Then the cookie travels in no other way.
            secure=request.headers.get("origin", "").startswith("https://"),
        )
        return answer

    def _try(self, request: Request, token: str, credentials: Credentials) -> Response | None:
        """Take a word, unless too many wrong ones came before; None: it is right."""
        address = request.client.host if request.client else ""
        wait = self._attempts.wait_s(address)
        if wait > 0:
            seconds = str(int(wait) + 1)
            refusal = _told(HTTPStatus.TOO_MANY_REQUESTS, f"Too many wrong tokens. Wait {seconds} seconds.")
            refusal.headers["Retry-After"] = seconds
            return refusal
        if credentials.opens(token):
            return None
        self._attempts.failed(address)
        return _told(HTTPStatus.FORBIDDEN, "This is not the token.")


def _foreign(method: str, headers: Headers) -> bool:
    """Tell whether a page of another origin asks. It may link to us, as in a mail or a notification."""
    if "origin" in headers:
        return foreign(headers)
    # https://www.w3.org/TR/fetch-metadata/
    elsewhere = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    return elsewhere and not (method in _READING and headers.get("sec-fetch-mode") == "navigate")


def _unnamed(request: Request) -> Response | None:
    """Turn away what would change something, and does not say which page asks: browsers always do."""
    judging = request.url.path.startswith(_FOR_PROGRAMS)
    if request.method in _READING or judging or "origin" in request.headers:
        return None
    return _told(HTTPStatus.FORBIDDEN, "Only this page may change something here.")


async def _sent(request: Request) -> str:
    """Read the word from a small JSON body; empty where there is none."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST:
                return ""
        told = parsed(body)
    except (ClientDisconnect, ValueError):
        return ""
    token = told.get("token") if isinstance(told, dict) else None
    return token if isinstance(token, str) else ""


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _file(path: str) -> Response:
    if path == COLOURS:
        return Response(colours(), media_type=_OPEN[path])
    return FileResponse(_PAGE / path.removeprefix("/"), media_type=_OPEN[path])


def _told(status: HTTPStatus, words: str) -> Response:
    return PlainTextResponse(words, status)
