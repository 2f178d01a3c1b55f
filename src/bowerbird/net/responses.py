"""Tells what an HTTP answer means to us: go on, go elsewhere, come back later, or never come back."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from urllib3 import BaseHTTPResponse, exceptions

from bowerbird.core.errors import BowerbirdError, OptedOutError, PermanentError, RetryableError, Said
from bowerbird.core.reasons import Word
from bowerbird.net.urls import Target

_OK: Final = frozenset({200, 203})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_FORBIDDEN: Final = frozenset({401, 402, 403, 451})
_RETRYABLE: Final = frozenset({408, 425, 429})
_SERVER_ERROR: Final = 500

# A day: a stranger's header cannot put a candidate off for longer.
_LONGEST_WAIT_S: Final = 86_400.0

_CHUNK: Final = 64 * 1024

# What an API says of its refusal is shorter.
_SAID_BYTES: Final = 4096

# After this many bytes a caller is asked whether it has seen enough. The first packets of an answer hold most
# headers of pictures. A header with a camera's thumbnail or a printer's profile needs more.
_BEGINNINGS: Final = (16 * 1024, 64 * 1024)

# https://site.spawning.ai/spawning-ai-txt and img2dataset read these of X-Robots-Tag.
_OPT_OUT: Final = frozenset({"noai", "noimageai"})
_VALUED_DIRECTIVES: Final = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)


def redirect_location(response: BaseHTTPResponse) -> str | None:
    """Return the Location of a redirect, None for any other answer."""
    location = response.headers.get("location")
    if response.status not in _REDIRECTS or not location:
        return None
    # http.client reads headers as Latin-1, servers write them as UTF-8.
    return location.encode("latin-1", "replace").decode("utf-8", "replace")


def check_status(response: BaseHTTPResponse, target: Target) -> None:
    """Let only an answer with a body of its own pass.

    Raises:
        PermanentError: `gone: …`, `forbidden: …` or `status: …`.
        RetryableError: `busy: …`, with the wait that was asked for.
    """
    status = response.status
    if status in _OK:
        return
    if status in _RETRYABLE or status >= _SERVER_ERROR:
        raise RetryableError(
            f"{target} answered {status}",
            Word.BUSY,
            status=status,
            retry_after_s=retry_after(response.headers.get("retry-after"), response.headers.get("date")),
            said=_said(response),
        )
    word = Word.GONE if status in _GONE else Word.FORBIDDEN if status in _FORBIDDEN else Word.STATUS
    raise PermanentError(f"{target} answered {status}", word, status=status, said=_said(response))


def _said(response: BaseHTTPResponse) -> Said:
    """Read the text that comes with a status. APIs begin it with what is wrong, so half of it is enough."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        return Said(headers, response.read(_SAID_BYTES, decode_content=True) or b"")
    except (exceptions.HTTPError, BowerbirdError, OSError, ValueError):
        return Said(headers)


def retry_after(value: str | None, date: str | None = None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3): a number or a date; None if neither.

    A date is measured from the answer's own `date`: our clock may be wrong. Without one, ours must do.
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(float(value), _LONGEST_WAIT_S)
    when = _moment(value)
    if when is None:
        return None
    wait = when - (_moment(date or "") or datetime.now(UTC))
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT_S)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def check_opt_out(tags: Iterable[str], user_agent: str, target: Target) -> None:
    """Honour `X-Robots-Tag: noai`, meant for all or for us by name.

    Raises:
        OptedOutError: `opted-out: …`.
    """
    our_name = re.split(r"[/:\s]", user_agent, maxsplit=1)[0].lower()
    for tag in tags:
        agent = ""
        for part in tag.lower().split(","):
            name, colon, rest = part.partition(":")
            if colon and name.strip() not in _VALUED_DIRECTIVES:
                agent, directive = name.strip(), rest.strip()
            else:
                directive = part.strip()
            if directive in _OPT_OUT and agent in {"", "*", our_name}:
                raise OptedOutError(f"{target} asks {directive}", Word.OPTED_OUT)


def read_body(
    response: BaseHTTPResponse,
    max_bytes: int,
    target: Target,
    enough: Callable[[bytes], bool] | None = None,
) -> tuple[bytes, bool]:
    """Read the whole body, never more than `max_bytes`, neither on the wire nor decompressed.

    `enough` is asked after the first 16 KiB and after 64 KiB. The second value is False when the rest was
    left.

    Raises:
        PermanentError: `too-large: …` or `encoding: …`.
        RetryableError: `truncated: …`.
    """
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise PermanentError(f"{target} declares {declared[:20]} bytes, {max_bytes} are read", Word.TOO_LARGE)
    body, whole = _on_the_wire(response, max_bytes, target, enough)
    if not whole:
        return body, False
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity", "none"}:
        return body, True
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _inflate(body, max_bytes, target), True
    raise PermanentError(f"{target} answers in {encoding[:32]!r}, identity was asked for", Word.ENCODING)


def _on_the_wire(
    response: BaseHTTPResponse, max_bytes: int, target: Target, enough: Callable[[bytes], bool] | None
) -> tuple[bytes, bool]:
    """Return the body as it was sent, and whether all of it was read."""
    parts: list[bytes] = []
    total = 0
    stops = list(_BEGINNINGS if enough is not None else ())
    while part := response.read(
        min(stops[0] - total if stops else _CHUNK, max_bytes + 1 - total), decode_content=False
    ):
        parts.append(part)
        total += len(part)
        if total > max_bytes:
            raise PermanentError(f"{target} sends more than {max_bytes} bytes", Word.TOO_LARGE)
        if enough is not None and stops and total >= stops[0]:
            del stops[0]
            if enough(begun := b"".join(parts)):
                return begun, False
    return b"".join(parts), True


def _inflate(body: bytes, max_bytes: int, target: Target) -> bytes:
    """Decompress what was sent compressed although we asked for identity; a bomb stops at the limit."""
    inflater = zlib.decompressobj(wbits=47)  # gzip or zlib, told apart by the header
    try:
        data = inflater.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise PermanentError(f"{target}: {error}", Word.ENCODING) from None
    if len(data) > max_bytes:
        raise PermanentError(f"{target} unpacks to more than {max_bytes} bytes", Word.TOO_LARGE)
    if not inflater.eof:
        raise RetryableError(f"{target} ends inside its compressed body", Word.TRUNCATED)
    return data
