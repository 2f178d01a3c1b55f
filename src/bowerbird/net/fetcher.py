"""Reads a stranger's URL; Bowerbird has no other way to do it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.client import IncompleteRead
from types import TracebackType
from typing import Final, Self

import certifi
from urllib3 import BaseHTTPResponse, exceptions

from bowerbird.core.errors import PermanentError, RetryableError, UsageError
from bowerbird.core.ports import Fetched
from bowerbird.core.reasons import Word
from bowerbird.net.addresses import Resolver, checked_addresses, resolve
from bowerbird.net.limits import Budget, Limits
from bowerbird.net.pinned import PinnedPools
from bowerbird.net.responses import check_opt_out, check_status, read_body, redirect_location
from bowerbird.net.turns import Always, Turns
from bowerbird.net.urls import Target, join, parse_target

_DEFAULT_LIMITS: Final = Limits()

# A name with many addresses is a large host; if this many do not answer, it is down.
_ADDRESSES_TRIED: Final = 3


class HttpFetcher:
    """Reads http and https from the public internet, within limits; safe to share between threads.

    It takes nothing from the environment: no proxy, no netrc, no certificate path.

    Args:
        user_agent: honest, with a way to reach the owner.
        limits: times, rate, redirects and ports.
        resolver: a name to its addresses; asked once for each hop.
        turns: when a host may be asked; always, by default.
        tls: to trust more than the public certificate authorities.
        gateway: a test rig, `http://host:port`. Every request goes there in plain http with its Host header.
            URLs are checked as always, and names are not resolved. No template sets it. Of the settings, only
            the filter's read it, for the end-to-end test of the built function.
        allow_loopback: for tests too. It lets loopback addresses pass, on any port.
        own: `http://host:port` of a server on the owner's own network. Only that server is asked, and no
            redirect leads away from it. Whoever names it must be the owner; see `bowerbird.net.lan`.
    """

    def __init__(  # noqa: PLR0913 - each argument is one independent choice, all but one have a default
        self,
        *,
        user_agent: str,
        limits: Limits = _DEFAULT_LIMITS,
        resolver: Resolver = resolve,
        turns: Turns | None = None,
        tls: ssl.SSLContext | None = None,
        gateway: str | None = None,
        allow_loopback: bool = False,
        own: str | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits
        self._resolver = resolver
        self._turns = turns or Always()
        self._allow_loopback = allow_loopback
        self._own = None if own is None else parse_target(own, ports=None, allow_loopback=True, own=True)
        self._gateway = None if gateway is None else gateway_target(gateway)
        self._pools = PinnedPools(tls or ssl.create_default_context(cafile=certifi.where()))

    def fetch(
        self,
        url: str,
        *,
        accept: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        enough: Callable[[bytes], bool] | None = None,
    ) -> Fetched:
        """GET a URL and read at most `max_bytes` of body; see `bowerbird.core.ports.Fetcher`."""
        budget = Budget(self._limits, max_bytes)
        first = target = self._parse(url)
        plain = False
        common = {"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "identity"}
        for _ in range(self._limits.redirects + 1):
            plain |= target.scheme == "http"
            turn = self._turns.turn(target.host, patience_s=self._limits.patience_s)
            with turn as granted, _network_errors(target):
                keys = headers or {} if target.same_origin(first) else {}
                response = self._open(target, {**keys, **common}, budget)
                try:
                    granted.answered(response.status, response.headers)
                    location = redirect_location(response)
                    if location is None:
                        return replace(self._read(response, target, max_bytes, enough), plain=plain)
                finally:
                    response.close()
            target = self._parse(join(target, location))
        raise PermanentError(f"more than {self._limits.redirects}, the last to {target}", Word.REDIRECTS)

    def close(self) -> None:
        """Close every idle connection."""
        self._pools.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parse(self, url: str) -> Target:
        if self._own is None:
            return parse_target(url, ports=self._limits.ports, allow_loopback=self._allow_loopback)
        target = parse_target(url, ports=None, allow_loopback=True, own=True)
        if not target.same_origin(self._own):
            raise PermanentError(f"{target} is not at {self._own.authority}", Word.REFUSED)
        return target

    def _open(self, target: Target, headers: dict[str, str], budget: Budget) -> BaseHTTPResponse:
        if self._gateway is not None:
            gateway = self._gateway
            plain = Target("http", target.host, target.port, target.path)
            headers["Host"] = target.authority
            return self._pools.get(plain, gateway.host, gateway.port, headers, budget)
        if target.scheme == "http":
            # Pools are told apart by address. Over plain http one address may serve many names. One name's
            # leftovers must not become the next one's answer.
            headers["Connection"] = "close"
        addresses = checked_addresses(
            target.host, self._resolver, allow_loopback=self._allow_loopback, own=self._own is not None
        )
        unreachable: exceptions.HTTPError | None = None
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                return self._pools.get(target, address, target.port, headers, budget)
            except (exceptions.ConnectTimeoutError, exceptions.NewConnectionError) as error:
                unreachable = error
        raise unreachable or AssertionError("checked_addresses returns at least one")

    def _read(
        self,
        response: BaseHTTPResponse,
        target: Target,
        max_bytes: int,
        enough: Callable[[bytes], bool] | None,
    ) -> Fetched:
        check_status(response, target)
        check_opt_out(response.headers.getlist("x-robots-tag"), self._user_agent, target)
        body, whole = read_body(response, max_bytes, target, enough)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(target.url, response.status, headers, body, whole)


@contextmanager
def _network_errors(target: Target) -> Iterator[None]:
    """Turn every network error into one to try again: it may work next time."""
    try:
        yield
    except exceptions.NewConnectionError as error:  # which urllib3 counts as a time-out
        raise RetryableError(f"{target}: {str(error)[:200]}", Word.NETWORK) from None
    except exceptions.TimeoutError:
        raise RetryableError(f"{target} did not answer in time", Word.TIMEOUT) from None
    except exceptions.SSLError as error:
        raise RetryableError(f"{target}: {str(error)[:200]}", Word.TLS) from None
    except exceptions.ProtocolError as error:
        if any(isinstance(cause, IncompleteRead) for cause in error.args):
            raise RetryableError(f"{target} broke off in the middle of its answer", Word.TRUNCATED) from None
        raise RetryableError(f"{target}: {str(error)[:200]}", Word.NETWORK) from None
    except (exceptions.HTTPError, OSError, ValueError) as error:  # http.client: a chunk of negative size
        raise RetryableError(f"{target}: {str(error)[:200]}", Word.NETWORK) from None


def gateway_target(url: str) -> Target:
    """Return the test rig's own address. It may be anywhere, because the builder of the fetcher chose it."""
    try:
        gateway = parse_target(url, ports=frozenset(range(1, 65536)), allow_loopback=True)
    except PermanentError as error:
        raise UsageError(f"gateway {url!r}: {error}") from None
    if gateway.scheme != "http":
        raise UsageError(f"gateway {url!r}: the rig speaks plain http")
    return gateway
