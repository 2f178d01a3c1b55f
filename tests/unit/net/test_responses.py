from __future__ import annotations

import io
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import HTTPResponse

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.net.responses import check_opt_out, check_status, read_body, redirect_location, retry_after
from bowerbird.net.urls import Target

HERE = Target("https", "example.com", 443, "/a.jpg?s=secret")


def answer(status: int = 200, body: bytes = b"", **headers: str) -> HTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPResponse(
        body=io.BytesIO(body), status=status, headers=named, preload_content=False, decode_content=False
    )


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (404, PermanentError, "gone"),
        (410, PermanentError, "gone"),
        (401, PermanentError, "forbidden"),
        (403, PermanentError, "forbidden"),
        (451, PermanentError, "forbidden"),
        (400, PermanentError, "status"),
        (418, PermanentError, "status"),
        (204, PermanentError, "status"),
        (206, PermanentError, "status"),
        (300, PermanentError, "status"),
        (304, PermanentError, "status"),
        (408, RetryableError, "busy"),
        (425, RetryableError, "busy"),
        (429, RetryableError, "busy"),
        (500, RetryableError, "busy"),
        (503, RetryableError, "busy"),
        (599, RetryableError, "busy"),
    ],
)
def test_status(status: int, kind: type[Exception], word: str) -> None:
    with pytest.raises(kind, match=rf"^{word}: example.com/a.jpg answered {status}$"):
        check_status(answer(status), HERE)


def test_an_answer_with_a_body_passes() -> None:
    check_status(answer(200), HERE)
    check_status(answer(203), HERE)


def test_busy_carries_the_wait_that_was_asked_for() -> None:
    with pytest.raises(RetryableError) as caught:
        check_status(answer(429, retry_after="17"), HERE)
    assert caught.value.retry_after_s == 17


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("999999999", 86400),
        ("9" * 400, None),
        ("-5", None),
        ("1e9", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds


def test_retry_after_a_date() -> None:
    soon = datetime.now(UTC) + timedelta(minutes=10)
    assert 500 < (retry_after(format_datetime(soon, usegmt=True)) or 0) <= 600


def test_retry_after_a_date_is_measured_by_the_answers_own_clock() -> None:
    """Ours may have been set back by a year: a minute then counts as a day."""
    there = datetime.now(UTC) + timedelta(days=400)
    in_a_minute, now = (format_datetime(there + timedelta(seconds=wait), usegmt=True) for wait in (60, 0))
    assert retry_after(in_a_minute, now) == 60


@given(st.text(max_size=60))
def test_retry_after_never_fails(value: str) -> None:
    seconds = retry_after(value)
    assert seconds is None or 0 <= seconds <= 86400


@pytest.mark.parametrize(
    ("tags", "directive"),
    [
        (["noai"], "noai"),
        (["NoImageAI"], "noimageai"),
        (["noindex, noai"], "noai"),
        (["noindex", "noimageai"], "noimageai"),
        (["*: noai"], "noai"),
        (["bowerbird: noai"], "noai"),
        (["otherbot: noindex", "noai"], "noai"),
        (["unavailable_after: 25 Jun 2030 15:00:00 PST, noai"], "noai"),
        (["noindex"], None),
        (["otherbot: noai"], None),
        (["otherbot: noindex, noai"], None),
        (["noairplanes"], None),
        ([], None),
    ],
)
def test_opt_out(tags: list[str], directive: str | None) -> None:
    if directive is None:
        check_opt_out(tags, "Bowerbird/1.0 (+https://example.org)", HERE)
    else:
        with pytest.raises(PermanentError, match=rf"^opted-out: example.com/a.jpg asks {directive}$"):
            check_opt_out(tags, "Bowerbird/1.0 (+https://example.org)", HERE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(status: int) -> None:
    assert redirect_location(answer(status, location="/b.jpg")) == "/b.jpg"
    assert redirect_location(answer(status)) is None


def test_a_location_is_read_as_utf_8() -> None:
    assert redirect_location(answer(302, location="/ü.jpg".encode().decode("latin-1"))) == "/ü.jpg"
    assert redirect_location(answer(200, location="/b.jpg")) is None


@pytest.mark.parametrize("needed", [16_384, 65_536])
def test_the_rest_of_a_body_is_left_when_the_beginning_was_enough(needed: int) -> None:
    shown: list[int] = []

    def enough(beginning: bytes) -> bool:
        shown.append(len(beginning))
        return len(beginning) >= needed

    assert read_body(answer(body=b"x" * 200_000), 200_000, HERE, enough) == (b"x" * needed, False)
    assert shown == [each for each in (16_384, 65_536) if each <= needed]
    shown.clear()
    assert read_body(answer(body=b"x" * 1000), 200_000, HERE, enough) == (b"x" * 1000, True)
    assert not shown


def test_a_beginning_that_is_not_enough_is_shown_twice() -> None:
    shown: list[int] = []
    body = b"x" * 200_000
    assert read_body(answer(body=body), 200_000, HERE, lambda part: bool(shown.append(len(part)))) == (
        body,
        True,
    )
    assert shown == [16_384, 65_536]


def test_body_up_to_the_limit() -> None:
    assert read_body(answer(body=b"x" * 1000), 1000, HERE) == (b"x" * 1000, True)
    with pytest.raises(PermanentError, match=r"too-large: example.com/a.jpg sends more than 999 bytes"):
        read_body(answer(body=b"x" * 1000), 999, HERE)


def test_a_declared_length_above_the_limit_is_not_read_at_all() -> None:
    response = answer(body=b"x", content_length="1001")
    with pytest.raises(PermanentError, match=r"too-large: example.com/a.jpg declares 1001 bytes"):
        read_body(response, 1000, HERE)
    assert response.tell() == 0


@pytest.mark.parametrize("wbits", [15, 31])
def test_a_compressed_body_nobody_asked_for_is_unpacked(wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(b"picture" * 100) + packer.flush()
    encoding = "gzip" if wbits == 31 else "deflate"
    assert read_body(answer(body=packed, content_encoding=encoding), 1000, HERE) == (b"picture" * 100, True)
    with pytest.raises(PermanentError, match=r"too-large: example.com/a.jpg unpacks to more than 699 bytes"):
        read_body(answer(body=packed, content_encoding=encoding), 699, HERE)
    with pytest.raises(RetryableError, match=r"truncated: "):
        read_body(answer(body=packed[:-1], content_encoding=encoding), 1000, HERE)


def test_a_body_that_is_not_what_its_encoding_says() -> None:
    with pytest.raises(PermanentError, match=r"encoding: "):
        read_body(answer(body=b"picture", content_encoding="gzip"), 1000, HERE)
    with pytest.raises(PermanentError, match=r"encoding: example.com/a.jpg answers in 'br'"):
        read_body(answer(body=b"picture", content_encoding="br"), 1000, HERE)
