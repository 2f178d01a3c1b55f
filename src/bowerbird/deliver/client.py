"""Asks a gallery at the owner's own address, which may well be on a private network.

Secrets go to that address only: the client follows no redirects and uses no proxies of the environment.
What an answer says is shown to people and kept in sidecars, so it is bounded, and secrets in it are hidden.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    SSLError,
)

from bowerbird.core import untrusted
from bowerbird.core.errors import BowerbirdError, UsageError
from bowerbird.core.plain_text import plain
from bowerbird.deliver.answers import Answer, Outcome, by_status

_CONNECT_S: Final = 10.0
_MAX_ANSWER_BYTES: Final = 1024 * 1024
_SAID: Final = 200
_LONGEST_WAIT_S: Final = 3600.0

#: What a multipart form may hold: texts, and files as (name, bytes, content type).
Form = Mapping[str, str | tuple[str, bytes, str]]


class NoAnswerError(BowerbirdError):
    """A request that did not end well; `answer` says how."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Said:
    """An answer with a status that the caller expects."""

    status: int
    body: bytes

    def json(self, who: str) -> Any:
        """The body as JSON.

        Raises:
            NoAnswerError: it is not; so `who` is not what answers there.
        """
        try:
            return untrusted.json_value(self.body)
        except (ValueError, RecursionError):
            said = plain(self.body[:_SAID].decode(errors="replace"))[:40]
            detail = f"this is not {who}: it answers {said!r}; check the address"
            raise NoAnswerError(Answer(Outcome.MISCONFIGURED, detail)) from None


class Client:
    """One server. `timeout_s` bounds each wait, `secrets` never show in what it says."""

    def __init__(
        self, url: str, *, who: str, headers: Mapping[str, str], secrets: Sequence[str], timeout_s: float
    ) -> None:
        self.url = base(url, who)
        self.who = who
        self._headers = {"Accept": "application/json", **headers}
        self._secrets = [each for each in secrets if each]
        timeout = urllib3.Timeout(connect=_CONNECT_S, read=timeout_s)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False)

    def ask(  # noqa: PLR0913 - what a request is made of
        self,
        method: str,
        path: str,
        *,
        form: Form | None = None,
        told: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        fine: Sequence[int] = (200, 201),
        means: Mapping[int, Outcome] | None = None,
    ) -> Said:
        """Send a form, JSON (`told`) or a body, and return an answer whose status is `fine`.

        Raises:
            NoAnswerError: no answer, or another status. `means` says what a status means here.
        """
        sent = {**self._headers, **(headers or {})}
        if told is not None:
            body, sent["Content-Type"] = json.dumps(told).encode(), "application/json"
        try:
            response = self._pool.request(
                method,
                self.url + path,
                body=body,
                fields=form,
                headers=sent,
                redirect=False,
                preload_content=False,
            )
            with response:
                data = hidden(response.read(_MAX_ANSWER_BYTES), self._secrets)
        except (NewConnectionError, ConnectTimeoutError, SSLError) as error:
            raise _problem(Outcome.UNREACHABLE, f"{self.url}: {brief(error, self._secrets)}") from None
        except (HTTPError, OSError, ValueError) as error:  # http.client: a chunk of negative size
            raise _problem(Outcome.UNCLEAR, f"no answer: {brief(error, self._secrets)}") from None
        if response.status in fine:
            return Said(response.status, data)
        outcome = (means or {}).get(response.status) or by_status(response.status)
        detail = self._refusal(response.status, response.headers.get("Location"), data)
        raise _problem(outcome, detail, wait_s(response.headers.get("Retry-After")))

    def _refusal(self, status: int, location: str | None, data: bytes) -> str:
        if location is not None:
            there = hidden(location.encode(), self._secrets).decode(errors="replace")[:_SAID]
            return f"status {status}: it has moved to {there!r}; give that address"
        if status in {401, 403}:
            return f"status {status}: {self.who} does not let us in; check the key, and what it may do"
        return f"status {status}: {_message(data)}".rstrip(": ")


def _problem(outcome: Outcome, detail: str, wait: float | None = None) -> NoAnswerError:
    return NoAnswerError(Answer(outcome, detail[: 2 * _SAID], wait_s=wait))


def hidden(said: bytes, secrets: Sequence[str]) -> bytes:
    """What a server said, without our secrets, however they are written. Cut it after that, not before.

    People read it, and sidecars keep it; at a mistyped address anybody may answer.
    """
    for secret in secrets:
        for written in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
            said = said.replace(written.encode(), b"***")
    return said


def base(url: str, who: str) -> str:
    """The address without its last `/`; it is also the gallery's name in sidecars, so it may hold no secret.

    Raises:
        UsageError: it is no address of a server.
    """
    try:
        parts = urlsplit(url)
        urllib3.util.parse_url(url)
    except (ValueError, LocationParseError):
        raise UsageError(f"{url!r} is not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        raise UsageError(f"{who}'s address is written as http://host[:port] or https://host[:port]")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"leave user and password out of {who}'s address: it is written into sidecars")
    return url.rstrip("/")


def wait_s(retry_after: str | None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """How long a `Retry-After` asks to wait, at most an hour; in seconds or as a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after) if retry_after.strip().isdigit() else None
        if seconds is None:
            seconds = (parsedate_to_datetime(retry_after) - now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST_WAIT_S)


def _message(data: bytes) -> str:
    """What a server says of an error: the `message` or `error` of its JSON, or nothing."""
    try:
        told = untrusted.mapping(untrusted.json_value(data))
    except (ValueError, RecursionError):
        return ""
    said = told.get("message") or told.get("error") or ""
    return plain(", ".join(map(str, said)) if isinstance(said, list) else str(said))[:_SAID]


def brief(error: Exception, secrets: Sequence[str]) -> str:
    """Return an error's text without secrets, nor the object address that urllib3 puts in front."""
    text = hidden(str(error).rpartition(">: ")[2].encode(errors="replace"), secrets).decode(errors="replace")
    return f"{type(error).__name__}: {text}"[:_SAID]
