"""WebSocket streams, opened as carefully as `bowerbird.net.fetcher` reads: checked, pinned, and bounded."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import certifi

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.ports import Stream
from bowerbird.core.reasons import Word
from bowerbird.net.addresses import Resolver, checked_addresses, resolve
from bowerbird.net.fetcher import gateway_target
from bowerbird.net.limits import Limits
from bowerbird.net.responses import retry_after
from bowerbird.net.urls import Target, parse_target

if TYPE_CHECKING:  # only the crawl has the library, and only a stream needs its 0.15 s
    from websockets.sync.client import ClientConnection

#: The largest message taken, decompressed. A record is far smaller: https://atproto.com/specs/data-model
MAX_MESSAGE_BYTES: Final = 1024 * 1024

#: Messages that wait for us; then the sender does.
_WAITING: Final = 256

_SCHEMES: Final = {"wss": "https", "ws": "http"}
_FORBIDDEN: Final = frozenset({401, 402, 403, 451})
_GONE: Final = frozenset({404, 410})
_RETRYABLE: Final = frozenset({408, 425, 429})
# https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
_THAT_IS_ALL: Final = 1000
_TOO_LARGE: Final = 1009


class WebSockets:
    """Opens `wss` streams of the public internet, from one checked address; redirects are not followed.

    Args:
        user_agent: honest, with a way to reach the owner. limits: of the connection and its handshake.
        resolver: a name to its addresses; asked once for each stream. gateway: a test rig, as for
        `bowerbird.net.fetcher.HttpFetcher`: every stream is opened there, in plain. allow_loopback: a test
        rig too: lets loopback addresses pass, on any port and in plain `ws`.
    """

    def __init__(  # noqa: PLR0913 - each argument is one independent choice, all but one have a default
        self,
        *,
        user_agent: str,
        limits: Limits | None = None,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
        gateway: str | None = None,
        allow_loopback: bool = False,
    ) -> None:
        self._user_agent = user_agent
        self._limits = limits or Limits()
        self._resolver = resolver
        self._tls = tls
        self._gateway = None if gateway is None else gateway_target(gateway)
        self._allow_loopback = allow_loopback

    @contextmanager
    def open(self, url: str) -> Iterator[Stream]:
        """Open a stream, and close it at the end of the block.

        Raises:
            PermanentError: our own rules or the server refuse it: `forbidden: …`, `redirects: …`…
            RetryableError: the network, a time-out, 429 or 5xx.
        """
        from websockets.sync.client import connect  # noqa: PLC0415 - see above

        target = self._target(url)
        plain = self._gateway is not None or target.scheme == "http"
        with ExitStack() as stack:
            with _errors(target):
                opening = connect(
                    f"{'ws' if plain else 'wss'}://{target.authority}{target.path}",
                    sock=self._connected(target),
                    ssl=None if plain else self._tls or ssl.create_default_context(cafile=certifi.where()),
                    proxy=None,
                    user_agent_header=self._user_agent,
                    open_timeout=self._limits.read_s,
                    close_timeout=1,
                    max_size=MAX_MESSAGE_BYTES,
                    max_queue=_WAITING,
                )
                connection = stack.enter_context(opening)
            yield _Stream(connection, target)

    def _target(self, url: str) -> Target:
        scheme, colon, rest = url.partition(":")
        if scheme not in _SCHEMES:
            raise PermanentError(f"scheme {scheme[:16]!r}, only wss is read", Word.REFUSED)
        target = parse_target(
            _SCHEMES[scheme] + colon + rest, ports=self._limits.ports, allow_loopback=self._allow_loopback
        )
        if scheme == "ws" and not self._allow_loopback:
            raise PermanentError("streams are read over TLS only; write wss://", Word.REFUSED)
        return target

    def _connected(self, target: Target) -> socket.socket:
        """Connect to an address that was checked: nothing resolves the name again."""
        if self._gateway is not None:
            address, port = self._gateway.host, self._gateway.port
        else:
            port = target.port
            address = checked_addresses(target.host, self._resolver, allow_loopback=self._allow_loopback)[0]
        return socket.create_connection((address, port), timeout=self._limits.connect_s)


class _Stream:
    """See `bowerbird.core.ports.Stream`."""

    def __init__(self, connection: ClientConnection, target: Target) -> None:
        self._connection = connection
        self._target = target
        response = connection.response
        self.date = _date(response.headers.get("Date") if response else None)

    def receive(self, timeout_s: float) -> str | bytes | None:
        """Return the next message."""
        from websockets import exceptions  # noqa: PLC0415 - see above

        with _errors(self._target):
            try:
                return self._connection.recv(timeout_s)
            except TimeoutError:
                return None
            except exceptions.ConnectionClosedOK as error:
                if error.rcvd and error.rcvd.code == _THAT_IS_ALL:
                    return None
                raise


@contextmanager
def _errors(target: Target) -> Iterator[None]:
    """Translate the library's errors into our own."""
    from websockets import exceptions  # noqa: PLC0415 - see above

    try:
        yield
    except exceptions.InvalidStatus as error:
        raise _refusal(target, error.response.status_code, error.response.headers) from None
    except exceptions.ConnectionClosed as error:
        closed = error.sent or error.rcvd
        if error.sent and error.sent.code == _TOO_LARGE:
            raise PermanentError(
                f"{target} sends a message of more than {MAX_MESSAGE_BYTES} bytes", Word.TOO_LARGE
            ) from None
        raise RetryableError(
            f"{target} ended the stream ({closed or 'without a word'})", Word.NETWORK
        ) from None
    except (exceptions.WebSocketException, ValueError, ssl.SSLError) as error:
        # Beside its status, only one thing can be wrong with an answer: it is a redirect, and those are not
        # followed.
        if isinstance(error.__cause__ or error.__context__, exceptions.InvalidStatus):
            raise PermanentError(f"{target} sends us elsewhere, and streams stay", Word.REDIRECTS) from None
        raise RetryableError(f"{target} does not speak WebSocket: {str(error)[:200]}", Word.NETWORK) from None
    except TimeoutError:
        raise RetryableError(f"{target} did not answer in time", Word.TIMEOUT) from None
    except OSError as error:
        raise RetryableError(f"{target}: {str(error)[:200]}", Word.NETWORK) from None


def _refusal(target: Target, status: int, headers: Mapping[str, Any]) -> Exception:
    if status in _RETRYABLE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = retry_after(headers.get("Retry-After"))
        return RetryableError(f"{target} answered {status}", Word.BUSY, status=status, retry_after_s=wait)
    word = Word.FORBIDDEN if status in _FORBIDDEN else Word.GONE if status in _GONE else Word.STATUS
    return PermanentError(f"{target} answered {status}", word, status=status)


def _date(text: str | None) -> float | None:
    """Turn a Date header into seconds since 1970; None when it cannot be read as a date."""
    parse: Callable[[str], Any] = parsedate_to_datetime
    try:
        return float(parse(text).timestamp()) if text else None
    except (ValueError, TypeError, OverflowError):
        return None
