"""The names that callers may use for this machine.

A stranger can let a name of his own resolve to 127.0.0.1; his page then reads our answers as if they were its
own (DNS rebinding). The page cannot choose the Host header, which still holds the stranger's name.
https://github.com/taviso/rbndr
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bowerbird.serve.http.headers import SafeHeaders
from bowerbird.serve.http.problems import Problem


class KnownNames:
    """Answers to addresses, `localhost`, this machine's own name and the `names` given; to nothing else."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        own = socket.gethostname()
        self._names = frozenset(name.lower() for name in (*names, "localhost", own, f"{own}.local"))
        self._app, self._refusal = app, SafeHeaders(_misdirected().response())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        welcome = scope["type"] != "http" or self._known(Headers(scope=scope).get("host", ""))
        await (self._app if welcome else self._refusal)(scope, receive, send)

    def _known(self, host: str) -> bool:
        name = without_port(host.lower())
        return name in self._names or _is_address(name)


def without_port(host: str) -> str:
    """The name or address in a Host header."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    """Say whether the name is an address. Nobody had to resolve an address, so nobody can have rebound it."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _misdirected() -> Problem:
    return Problem(
        HTTPStatus.MISDIRECTED_REQUEST,
        "unknown-name",
        "This server does not know itself by that name; use its address, or start it with --name NAME.",
    )
