"""Lets in only this machine's browser, and only requests from the page itself."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_HOST: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?")
_READING: Final = frozenset({"GET", "HEAD"})


class Guard:
    """Turns away requests that did not come from this page.

    A stranger can let a name of his own resolve to 127.0.0.1 (DNS rebinding). The Host header gives him away.
    A stranger's page can also send a form here (cross-site request forgery). The Origin header gives it away:
    browsers add it to every request but reading, and it counts wherever it stands.
    The port does not matter: whoever comes through an SSH tunnel may name another.
    See https://owasp.org/www-community/attacks/csrf and https://en.wikipedia.org/wiki/DNS_rebinding.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or turn it away."""
        if scope["type"] == "http" and not self._welcome(scope["method"], Headers(scope=scope)):
            refusal = PlainTextResponse("Open the address that `bowerbird label` printed.", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _welcome(self, method: str, headers: Headers) -> bool:
        host = headers.get("host", "")
        if not _HOST.fullmatch(host):
            return False
        origin = headers.get("origin")
        return (origin is None and method in _READING) or origin == f"http://{host}"
