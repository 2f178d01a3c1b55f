import pytest

from bowerbird.core.errors import (
    BowerbirdError,
    PermanentError,
    RetryableError,
    Said,
    SourceBlockedError,
    SourceUnreachableError,
    UsageError,
)
from bowerbird.core.reasons import Word
from bowerbird.crawl.source_health import source_state
from bowerbird.crawl.sources.listing import TRIES, HopelessPageError, SourceThrottledError
from tests.unit.crawl.sources.listings import Pages

URL = "https://site.example/list"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            PermanentError("site answered 404", Word.GONE, status=404),
            UsageError,
            "nothing is at https://site.example/list",
        ),
        (
            PermanentError("site answered 403", Word.FORBIDDEN, status=403),
            SourceBlockedError,
            "refused with 403 Forbidden",
        ),
        (PermanentError("x", Word.STATUS, status=418), SourceBlockedError, "refused with 418"),
        (PermanentError("site asks noai", Word.OPTED_OUT), SourceBlockedError, "cannot be read: opted-out"),
        (PermanentError("16 MiB", Word.TOO_LARGE), SourceBlockedError, "cannot be read: too-large"),
        (b"<!DOCTYPE html><p>Are you human?", SourceBlockedError, "web page instead of a listing"),
        (b"\n <html><body>Log in", SourceBlockedError, "web page instead of a listing"),
        (b'{"half": ', SourceUnreachableError, "half an answer"),
        (b"", SourceUnreachableError, "half an answer"),
        (b"[" * 100_000, SourceUnreachableError, "half an answer"),
        (RetryableError("site", Word.TIMEOUT), SourceUnreachableError, "timeout: site: check the connection"),
        (RetryableError("site answered 503", Word.BUSY), SourceUnreachableError, "503"),
        (RetryableError("site answered 429", Word.BUSY, status=429), SourceThrottledError, "asked too often"),
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
    pages = Pages(
        {URL: RetryableError("site answered 429", Word.BUSY, status=429, retry_after_s=90)}, seconds=60
    )
    with pytest.raises(SourceThrottledError) as throttled:
        pages.listing.json(URL)
    assert throttled.value.retry_after_s == 90
    assert len(pages.asked) == 1
    assert pages.now == 0
    state = source_state("fake", 0, throttled.value)
    assert (state.health, state.wait_s) == ("throttled", 90)


def test_the_budget_counts_every_try() -> None:
    pages = Pages({URL: RetryableError("site", Word.TIMEOUT)}, requests=2)
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


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b'{"error": "rate_limit_error"}', SourceThrottledError, "asked too often"),
        (b'{"error":"couldnt_find_post"}', UsageError, "nothing is at"),
        (b'{"code": 400, "message": "post not found", "status": "Bad Request"}', UsageError, "nothing is at"),
        (b'{"error":"invalid_sort"}', SourceBlockedError, "refused with 400 Bad Request"),
        (b"rate_limit_error", SourceBlockedError, "refused with 400 Bad Request"),
        (b"[" * 9000, SourceBlockedError, "refused with 400 Bad Request"),
        (b"", SourceBlockedError, "refused with 400 Bad Request"),
    ],
)
def test_a_bad_request_is_what_its_body_says(body: bytes, error: type[BowerbirdError], words: str) -> None:
    pages = Pages({URL: PermanentError("site answered 400", Word.STATUS, status=400, said=Said(body=body))})
    with pytest.raises(error, match=words):
        pages.listing.json(URL)
    assert len(pages.asked) == (TRIES if error is SourceThrottledError else 1)
    # Asked too often is waited for, as long as for a 429.
    assert (pages.now > 0) is (error is SourceThrottledError)
