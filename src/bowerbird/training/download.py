"""Downloads large files from their publishers, goes on after a cut, and accepts only the pinned sha256."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import requests

from bowerbird.core.errors import BundleError, RetryableError

# It gets the bytes so far and the whole size, None while nobody knows it.
Report = Callable[[int, int | None], None]

# A connection that is cut loses at most one chunk.
_CHUNK: Final = 16 * 1024
_ATTEMPTS: Final = 6
_TIMEOUT_S: Final = (10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Remote:
    """A published file. At most `most_bytes` of it are read."""

    url: str
    sha256: str
    most_bytes: int


def download(remote: Remote, target: Path, *, report: Report, pause_s: float = 2.0) -> None:
    """Fetch a file. It continues `target.part` if there is one, and connects again when a connection is cut.

    Raises:
        BundleError: the server refuses, the file is too large, or it is not the published one (it is then
            deleted).
        RetryableError: the connection was cut in several attempts; what came stays for the next time.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    last = "no answer"
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(pause_s * attempt)
        try:
            _continue(remote, part, report)
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            last = str(error)
            continue
        _accept(remote, part, target)
        return
    raise RetryableError(f"{remote.url} was cut off {_ATTEMPTS} times ({last}); run it again to continue")


def _continue(remote: Remote, part: Path, report: Report) -> None:
    """Make one request for the bytes that are missing."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(remote.url, headers=headers, stream=True, timeout=_TIMEOUT_S) as answer:
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


def _check(status: int, remote: Remote) -> None:
    if status in {HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)}:
        raise requests.ConnectionError(f"status {status}")
    if status not in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        raise BundleError(f"{remote.url} answers {status}; has the publisher moved it?")


def _accept(remote: Remote, part: Path, target: Path) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != remote.sha256:
        part.unlink()
        raise BundleError(f"{remote.url} sent bytes with sha256 {digest}, expected {remote.sha256}; deleted")
    part.replace(target)
