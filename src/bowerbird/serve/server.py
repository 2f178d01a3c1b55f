"""Runs an application under uvicorn until somebody stops it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from bowerbird.adapters.terminal.signals import HANG_UP
from bowerbird.core.errors import UsageError
from bowerbird.serve.connection_limits import ConnectionLimits, limited_by

# When this many more connections are open, all with requests in hand, uvicorn answers 503 to further ones.
_CROWD: Final = 128
_FAREWELL_S: Final = 10


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket bound before the models load, so that a wrong address is known at once.

    Raises:
        UsageError: another program has taken the address, or it is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"cannot listen on {host}:{port} ({error}); choose another --port or --host"
        ) from None
    with bound:
        yield bound


def address(bound: socket.socket) -> str:
    """Give the address at which a browser finds the server."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server(
    app: ASGIApp, patience: ConnectionLimits | None = None, *, verbose: bool = False
) -> uvicorn.Server:
    """Make uvicorn as both commands run it."""
    patience = patience or ConnectionLimits()
    config = uvicorn.Config(
        app,
        http=limited_by(patience),
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=verbose,
        log_config=None,
        limit_concurrency=patience.connections + _CROWD,
        timeout_graceful_shutdown=_FAREWELL_S,
    )
    return uvicorn.Server(config)


def serve(app: ASGIApp, bound: socket.socket, *, verbose: bool) -> None:
    """Serve until Ctrl-C, TERM or the end of the terminal; requests in hand are answered first."""
    # uvicorn ends cleanly on both signals. It then raises them again, for whoever started it.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    hung_up = None if HANG_UP is None else signal.getsignal(HANG_UP)
    if HANG_UP is not None and hung_up != signal.SIG_IGN:  # the terminal was closed, and nobody said `nohup`
        signal.signal(HANG_UP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        server(app, verbose=verbose).run(sockets=[bound])
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGTERM, before)
        if HANG_UP is not None:
            signal.signal(HANG_UP, hung_up)
