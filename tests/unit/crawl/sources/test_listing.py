import pytest

from bowerbird.core.errors import (
    BowerbirdError,
    PermanentError,
    Refusal,
    RetryableError,
    SourceBlockedError,
    SourceUnreachableError,
    UsageError,
)
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.sources.listing import TRIES, HopelessPageError, SourceThrottledError
from tests.unit.crawl.sources.listings import Pages

URL = "https://site.example/list"


def refused(status: int, body: bytes = b"") -> PermanentError:
    return PermanentError(f"status: site answered {status}", refusal=Refusal(status, body=body))


def busy(headers: dict[str, str] | None = None) -> RetryableError:
    return RetryableError("busy: site answered 429", refusal=Refusal(429, headers or {}))


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refused(404), UsageError, "nothing is at https://site.example/list"),
        (refused(403), SourceBlockedError, "refused with 403 Forbidden"),
        (refused(418), SourceBlockedError, "refused with 418"),
        (PermanentError("redirects: more than 5"), SourceBlockedError, "cannot be read: redirects"),
        (PermanentError("opted-out: site asks noai"), SourceBlockedError, "cannot be read: opted-out"),
        (PermanentError("too-large: 16 MiB"), SourceBlockedError, "cannot be read: too-large"),
        (b"<!DOCTYPE html><p>Are you human?", SourceBlockedError, "web page instead of a listing"),
        (b"\n <html><body>Log in", SourceBlockedError, "web page instead of a listing"),
        (b'{"half": ', SourceUnreachableError, "half an answer"),
        (b"", SourceUnreachableError, "half an answer"),
        (b"[" * 100_000, SourceUnreachableError, "half an answer"),
        (RetryableError("timeout: site"), SourceUnreachableError, "timeout: site: check the connection"),
        (RetryableError("busy: site answered 503"), SourceUnreachableError, "503"),
        (busy(), SourceThrottledError, "asked too often"),
    ],
)
def test_what_is_wrong_is_told_apart(
    answer: bytes | BowerbirdError, error: type[BowerbirdError], words: str
) -> None:
    pages = Pages({URL: answer})
    with pytest.raises(error, match=words):
        pages.listing.json(URL)
    patient = error in {SourceUnreachableError, SourceThrottledError}
    assert len(pages.asked) == (TRIES if patient else 1)


def test_what_no_further_answer_would_mend_is_not_asked_for_again() -> None:
    def hopeless(_: bytes) -> None:
        raise HopelessPageError("reading it took too long")

    pages = Pages({URL: b"x"})
    with pytest.raises(SourceUnreachableError, match="took too long"):
        pages.listing.page(URL, hopeless)
    assert len(pages.asked) == 1


def test_a_bad_letter_or_number_costs_its_field_only() -> None:
    body = b'{"a": "\xff", "b": ' + b"9" * 5000 + b', "c": 1}'
    assert Pages({URL: body}).listing.json(URL) == {"a": "\ufffd", "b": None, "c": 1}


def test_a_page_is_read() -> None:
    assert Pages({URL: b'{"a": 1}'}).listing.json(URL) == {"a": 1}


def test_a_throttle_beyond_the_budget_ends_at_once_and_says_until_when() -> None:
    pages = Pages({URL: busy({"retry-after": "90"})}, seconds=60)
    with pytest.raises(SourceThrottledError) as throttled:
        pages.listing.json(URL)
    assert throttled.value.retry_after_s == 90
    assert len(pages.asked) == 1
    assert pages.now == 0
    state = source_state("fake", 0, throttled.value)
    assert (state.health, state.wait_s) == ("throttled", 90)


def test_the_budget_counts_every_try() -> None:
    pages = Pages({URL: RetryableError("timeout: site")}, requests=2)
    with pytest.raises(SourceUnreachableError):
        pages.listing.json(URL)
    assert len(pages.asked) == 2
    assert not pages.listing.open


@pytest.mark.parametrize(
    ("posts", "error", "health", "reached"),
    [
        (3, None, "ok", True),
        (0, None, "empty", True),
        (3, SourceBlockedError("no"), "blocked", False),
        (0, SourceUnreachableError("gone"), "unreachable", False),
        (0, SourceThrottledError("later", retry_after_s=5), "throttled", False),
    ],
)
def test_a_sources_health_is_a_value(
    posts: int, error: BowerbirdError | None, health: str, *, reached: bool
) -> None:
    state = source_state("fake", posts, error)
    assert (state.health, state.reached) == (health, reached)
    assert state.detail == (str(error) if error else "")


def test_wrong_usage_is_not_a_sources_health() -> None:
    with pytest.raises(UsageError):
        source_state("fake", 0, UsageError("no such subreddit"))
