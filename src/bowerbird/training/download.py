"""Downloads large files from their publishers, goes on after a cut, and accepts only the pinned sha256."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError, ReadTimeoutError

from bowerbird.core.errors import BundleError, RetryableError

# It gets the bytes so far and the whole size, None while nobody knows it.
Report = Callable[[int, int | None], None]

# A connection that is cut loses at most one chunk.
_CHUNK: Final = 16 * 1024
_ATTEMPTS: Final = 6
_TIMEOUT_S: Final = (10.0, 60.0)


class _HopelessError(Exception):
    """Trying again at once cannot help."""


class _BusyError(requests.ConnectionError):
    """The server is there, and asks to be left alone for now."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file. At most `most_bytes` of it are read."""

    url: str
    sha256: str
    most_bytes: int


def download(remote: Remote, target: Path, *, report: Report, pause_s: float = 2.0) -> None:
    """Fetch a file, unless it is here already.

    It continues `target.part` if there is one, and connects again when a connection is cut.

    Raises:
        BundleError: the server refuses, the file is too large, or it is not the published one (it is then
            deleted).
        RetryableError: the server cannot be reached, or cut the connection in several attempts; what came
            stays for the next time.
    """
    if is_here(remote, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    last = "no answer"
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(pause_s * attempt)
        try:
            _continue(remote, part, report)
        except _HopelessError as error:
            raise RetryableError(f"{error}; then run it again") from error
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            last = _in_words(error, remote)
            continue
        _accept(remote, part, target)
        return
    raise RetryableError(f"{last}, {_ATTEMPTS} times; run it again to continue")


def is_here(remote: Remote, target: Path) -> bool:
    """Whether the published file is here already, byte for byte."""
    if not target.is_file():
        return False
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == remote.sha256


def _continue(remote: Remote, part: Path, report: Report) -> None:
    """Make one request for the bytes that are missing."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with _open(remote, headers) as answer:
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # everything is here already; the hash decides
        _check(answer.status_code, remote)
        if answer.status_code == HTTPStatus.OK:
            have = 0  # the server does not continue, so neither do we
        length = answer.headers.get("Content-Length")
        whole = have + int(length) if length and length.isdecimal() else None
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                have += len(chunk)
                if have > remote.most_bytes:
                    raise BundleError(
                        f"{remote.url} sends more than {remote.most_bytes} bytes; not that file"
                    )
                file.write(chunk)
                report(have, whole)
    if whole is not None and have < whole:
        raise requests.ConnectionError(f"{have} of {whole} bytes")


def _open(remote: Remote, headers: dict[str, str]) -> requests.Response:
    try:
        return requests.get(remote.url, headers=headers, stream=True, timeout=_TIMEOUT_S)
    except requests.exceptions.SSLError as error:
        raise _HopelessError(
            f"{_host(remote)} does not prove who it is: look at this machine's clock, and for a proxy"
        ) from error
    except requests.ConnectionError as error:
        if _caused_by(error, NameResolutionError):
            raise _HopelessError(
                f"this machine finds no {_host(remote)}: look whether it is online, and at its DNS"
            ) from error
        raise


def _in_words(error: Exception, remote: Remote) -> str:
    """Say in plain words what went wrong with a connection; a library's own text says it to nobody."""
    host = _host(remote)
    if isinstance(error, _BusyError):
        return f"{host} answered that it is busy ({error})"
    if isinstance(error, requests.Timeout) or _caused_by(error, ReadTimeoutError):
        return f"{host} did not answer in time"
    if _caused_by(error, NewConnectionError):
        return f"{host} takes no connection"
    return f"{host} cut the connection"


def _host(remote: Remote) -> str:
    return urlsplit(remote.url).hostname or remote.url


def _caused_by(error: BaseException, kind: type[Exception]) -> bool:
    """Whether such an error stands behind this one: requests hands over urllib3's as an argument."""
    seen: list[object] = [error]
    while seen:
        each = seen.pop()
        if isinstance(each, kind):
            return True
        if isinstance(each, BaseException):
            seen += [*each.args, getattr(each, "reason", None)]
    return False


def _check(status: int, remote: Remote) -> None:
    if status in {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}:
        raise _BusyError(f"status {status}")
    if status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        raise BundleError(f"{remote.url} answers {status}; has the publisher moved it?")


def _accept(remote: Remote, part: Path, target: Path) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != remote.sha256:
        part.unlink()
        raise BundleError(f"{remote.url} sent bytes with sha256 {digest}, expected {remote.sha256}; deleted")
    part.replace(target)
