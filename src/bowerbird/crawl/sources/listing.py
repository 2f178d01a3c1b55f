"""Asks a source for one page at a time and tells blocked from broken from quiet."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from bowerbird.core import untrusted
from bowerbird.core.errors import (
    BowerbirdError,
    PermanentError,
    RetryableError,
    SourceBlockedError,
    SourceUnreachableError,
    UsageError,
)
from bowerbird.core.ports import Fetcher
from bowerbird.net.limiter import Limit, Limiter, Turn

#: A hundred Reddit submissions are about half a MiB; nothing honest is twenty times that.
MAX_PAGE_BYTES: Final = 16 * 1024 * 1024

#: How often one page is asked for before its source counts as unreachable.
TRIES: Final = 3

#: For hosts that publish nothing, such as feeds and Lemmy instances.
DEFAULT_LIMIT: Final = Limit(30, 60)


class SourceThrottledError(SourceBlockedError):
    """A source asked us to come back later; `retry_after_s` says when, in seconds, `words` in what words."""

    def __init__(self, message: str, *, retry_after_s: float, words: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.words = words


class DamagedPageError(ValueError):
    """A body that is not the page it should be. Its reader raises this, and `Listing` asks again."""


class HopelessPageError(DamagedPageError):
    """A body that would be no better if it were asked for again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, whatever its status; header names in lower case.

    `url` is what answered, where redirects were followed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


class Ask(Protocol):
    """Makes one GET request."""

    def __call__(self, url: str) -> Answer:
        """Ask, following no login page.

        Raises:
            RetryableError: no answer came, or only half of one.
        """
        ...


class Explain(Protocol):
    """Knows what one site means by its answers."""

    def __call__(self, url: str, answer: Answer) -> BowerbirdError | None:
        """What an answer to this address means, when it is no page and the site's own words say why.

        The text of a SourceThrottledError is what the site said. The site is then asked again.
        """
        ...


def unexplained(url: str, answer: Answer) -> None:
    """For sites whose answers say no more than their status."""
    del url, answer


class RunBudget:
    """What one run may spend: requests, and seconds from now. Shared by the sources of a run."""

    def __init__(self, requests: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._requests = requests
        self._seconds = seconds
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Begin another run."""
        self.spent = 0
        self._ended = False
        self._ends = self._clock() + self._seconds

    def end(self) -> None:
        """Nothing more can be had in this run, although something is left."""
        self._ended = True

    @property
    def left_s(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._ends - self._clock())

    @property
    def over(self) -> bool:
        """Tell whether the run may make no further request."""
        return self._ended or self.spent >= self._requests or self.left_s <= 0

    def allows(self, share: float) -> bool:
        """Tell whether one more request stays within this share of all, from 0 to 1."""
        return not self.over and self.spent + 1 <= share * self._requests


# Errors of Lemmy (https://github.com/LemmyNet/lemmy/blob/main/crates/utils/src/error.rs) and of PieFed.
_TOO_OFTEN: Final = "rate_limit_error"
_NOTHING_THERE: Final = re.compile(
    r"couldnt_find_(?:post|community)|not_found|(?:post|community) not found(?: or inaccessible)?"
)

_T = TypeVar("_T")


class Listing:
    """The pages of one source, asked for in turn with the other users of its host."""

    def __init__(
        self,
        source: str,
        ask: Ask,
        limiter: Limiter,
        budget: RunBudget,
        explain: Explain = unexplained,
    ) -> None:
        self._source = source
        self._ask = ask
        self._limiter = limiter
        self._budget = budget
        self._explain = explain

    @property
    def open(self) -> bool:
        """Tell whether the run's budget allows another page."""
        return not self._budget.over

    def goes_on(self, url: str) -> bool:
        """Whether the run has time for another page. When the host is slower than that, the run is over.

        At a host that is asked once a minute, that is no trouble worth reporting: the next run reads on.
        """
        if self._limiter.wait_s(_host(url)) >= self._budget.left_s:
            self._budget.end()
        return self.open

    def json(self, url: str) -> Any:
        """Read a page of JSON.

        Raises:
            SourceBlockedError: refused; the text says what to do.
            SourceUnreachableError: no whole answer came, however often asked.
            UsageError: there is no such community, feed or category.
        """
        return self.page(url, _json)

    def page(self, url: str, parse: Callable[[bytes], _T], *, smaller: Sequence[str] = ()) -> _T:
        """Read a page with `parse`, which raises ValueError for a damaged body; errors as for `json`.

        A second and a third try ask for these `smaller` pages of the same instead.
        """
        trouble: SourceThrottledError | SourceUnreachableError | None = None
        first = url
        for number in range(TRIES):
            if trouble and self._budget.over:
                break
            url = [first, *smaller][min(number, len(smaller))]
            try:
                with self._limiter.turn(_host(url), patience_s=self._budget.left_s) as turn:
                    return parse(self._answer(url, turn).body)
            except (SourceThrottledError, SourceUnreachableError) as error:
                trouble = error
            except HopelessPageError as error:
                raise self._unreachable(str(error)) from None
            except DamagedPageError as error:
                trouble = self._unreachable(f"half an answer ({error})")
            except (ValueError, RecursionError):
                trouble = self._unreachable("half an answer (it breaks off, or is not what it should be)")
            except RetryableError:  # the limiter's: the host may not be asked again within our budget
                trouble = trouble or self._throttled(0)
                break
        if isinstance(trouble, SourceUnreachableError):
            raise trouble
        raise self._throttled(self._limiter.wait_s(_host(url)), trouble.words if trouble else "")

    def _answer(self, url: str, turn: Turn) -> Answer:
        """One request and its answer, when that can be a page."""
        self._budget.spent += 1
        try:
            answer = self._ask(url)
        except RetryableError as error:
            wait = {} if error.retry_after_s is None else {"retry-after": str(error.retry_after_s)}
            turn.answered(HTTPStatus.SERVICE_UNAVAILABLE, wait)
            raise self._unreachable(str(error)) from None
        why = self._explain(url, answer)
        if isinstance(why, SourceThrottledError):  # whatever its status is
            turn.answered(HTTPStatus.TOO_MANY_REQUESTS, answer.headers)
            raise why
        answer = replace(answer, status=_meant(answer))
        turn.answered(answer.status, answer.headers)
        if why:
            raise why
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._throttled(0)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._unreachable(f"{answer.status} {_phrase(answer.status)}")
        self._refuse(answer, url)
        return answer

    def _unreachable(self, what: str) -> SourceUnreachableError:
        return SourceUnreachableError(
            f"{self._source}: {what}: check the connection and the source's status page, or try again later"
        )

    def _throttled(self, wait_s: float, words: str = "") -> SourceThrottledError:
        said = f" ({words})" if words else ""
        return SourceThrottledError(
            f"{self._source}: asked too often{said}, may be asked again in {wait_s:.0f} s: "
            "run less often, or stop what else uses this account or address",
            retry_after_s=wait_s,
            words=words,
        )

    def _refuse(self, answer: Answer, url: str) -> None:
        """Let only what can be a page pass."""
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise UsageError(
                f"{self._source}: nothing is at {url}: check the name of the community, feed or instance"
            )
        if answer.status != HTTPStatus.OK:
            raise SourceBlockedError(
                f"{self._source}: refused with {answer.status} {_phrase(answer.status)}: check the "
                "credentials and the User-Agent, try from another address, or use another source"
            )
        if answer.body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
            raise SourceBlockedError(
                f"{self._source}: answered with a web page instead of a listing, to log in or to prove one "
                "is no bot: use a source with credentials, try from another address, or use another source"
            )


def fetching(fetcher: Fetcher, accept: str, headers: Mapping[str, str] | None = None) -> Ask:
    """Ask through the guarded fetcher, for sources that need no account; `headers` may carry a token.

    The fetcher raises what a listing reads from statuses; here its errors become statuses again.
    """

    def ask(url: str) -> Answer:
        try:
            fetched = fetcher.fetch(url, accept=accept, max_bytes=MAX_PAGE_BYTES, headers=headers)
        except PermanentError as error:
            if error.status is None:  # by our own rules
                raise SourceBlockedError(f"{_host(url)} cannot be read: {error}") from None
            return _answer(error.status, error)
        except RetryableError as error:
            if error.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            return _answer(error.status, error)
        return Answer(fetched.status, fetched.headers, fetched.body, fetched.url)

    return ask


def _answer(status: int, error: PermanentError | RetryableError) -> Answer:
    wait = error.retry_after_s if isinstance(error, RetryableError) else None
    headers = error.said.headers if wait is None else {**error.said.headers, "retry-after": str(wait)}
    return Answer(status, headers, error.said.body)


def _meant(answer: Answer) -> int:
    """The status that fits what a body says. Lemmy and its kin answer 400 where another status would fit."""
    if answer.status != HTTPStatus.BAD_REQUEST:
        return answer.status
    try:
        fields = untrusted.mapping(_json(answer.body))
    except ValueError:
        return answer.status
    said = str(fields.get("error") or fields.get("message")).lower()
    if said == _TOO_OFTEN:
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.NOT_FOUND if _NOTHING_THERE.fullmatch(said) else answer.status


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown status)"


def _json(body: bytes) -> Any:
    return untrusted.json_value(body)
