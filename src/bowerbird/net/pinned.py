"""Connects to a checked address, and holds every read to the budget of the fetch.

urllib3 connects to the address and never sees a name to resolve. TLS still asks for the name, and verifies
it.
"""

from __future__ import annotations

import io
import logging
import socket
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any, Final

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

from bowerbird.net.limits import Budget
from bowerbird.net.urls import Target

# At DEBUG urllib3 logs whole addresses, and the query of an address may hold a key or a personal token. It
# warns of busy pools, which mean nothing where a gateway is one host in place of all the world's.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

# urllib3 builds responses deep inside a call of ours and has no parameter that reaches them.
_budget: Final = ContextVar[Budget]("budget")


class _BudgetedReader(io.RawIOBase):
    """The socket's byte stream; status line, headers, chunk framing and body all pass through here."""

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._budget.read_timeout())
        count = self._raw.readinto(buffer) or 0
        self._budget.received(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BudgetedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_BudgetedReader(sock, _budget.get()))


class _Connection(HTTPConnection):
    response_class = _BudgetedResponse


class _TlsConnection(HTTPSConnection):
    response_class = _BudgetedResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class PinnedPools:
    """Pools of connections, one for each address, port and TLS name."""

    def __init__(self, tls: ssl.SSLContext, *, per_host: int = 8) -> None:
        self._manager = PoolManager(num_pools=64, maxsize=per_host, ssl_context=tls)
        self._manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def get(
        self, target: Target, address: str, port: int, headers: Mapping[str, str], budget: Budget
    ) -> BaseHTTPResponse:
        """Send one GET to `address` and read the headers. The body stays on the wire, as it was sent."""
        tls = {"server_hostname": target.host} if target.scheme == "https" else None
        pool = self._manager.connection_from_host(address, port, target.scheme, pool_kwargs=tls)
        token = _budget.set(budget)
        try:
            return pool.urlopen(
                "GET",
                target.path,
                headers={"Host": target.authority, **headers},
                retries=False,
                redirect=False,
                timeout=Timeout(connect=budget.connect_timeout(), read=budget.read_timeout()),
                preload_content=False,
                decode_content=False,
            )
        finally:
            _budget.reset(token)

    def close(self) -> None:
        """Close every idle connection."""
        self._manager.clear()
