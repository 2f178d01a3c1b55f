from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason
from bowerbird.review.sheet.cards import Measure, card_of, plain, safe_link

from .conftest import decision


def decided(**changes: Any) -> Decision:
    values: dict[str, Any] = {
        "candidate": "c1",
        "keep": False,
        "stage": "novelty",
        "reason": "novelty: 3 is below 5",
        "bundle": "lite 1",
        "decided_at": "2026-03-01T12:00:00+00:00",
    }
    values |= changes
    return Decision(**values | {"reason": Reason.parse(values["reason"])})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A  quiet\n\tlake", "A quiet lake"),
        ("left\u202eright", "leftright"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("Z\u0335\u0336\u0337\u0338\u0339a\u0301", "Z\u0335\u0336a\u0301"),
        ("夜明けの富士山 🗻", "夜明けの富士山 🗻"),
        ("x" * 5000, "x" * 300),
        (None, ""),
        (["list"], ""),
    ],
)
def test_plain_text(text: object, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_plain_text_is_one_printable_line_that_utf8_can_write(text: str) -> None:
    shown = plain(text)
    assert "\n" not in shown
    assert "\x00" not in shown
    shown.encode()


@pytest.mark.parametrize("url", ["https://www.reddit.com/r/a/comments/1/", "http://example.org/?a=1&b=%22"])
def test_a_web_link_is_followed(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://example.org",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/x",
        "/r/pics/comments/1/",
        "https://",
        "https://[broken",
        "https://example.org/a b",
        "https://example.org/\u202egnp.exe",
        "",
        None,
        7,
    ],
)
def test_anything_else_is_not(url: object) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize(
    ("keep", "stage", "measure"),
    [
        (True, "watermark", Measure("novelty", 7.0, 5.0)),
        (False, "watermark", Measure("watermark", 0.9, 0.5)),
        (False, "duplicate", Measure("novelty", 7.0, 5.0)),
    ],
)
def test_the_bar_shows_the_score_that_decided(keep: bool, stage: str, measure: Measure) -> None:
    scores, thresholds = {"novelty": 7.0, "watermark": 0.9}, {"novelty": 5.0, "watermark": 0.5}
    card = card_of(decided(keep=keep, stage=stage, scores=scores, thresholds=thresholds))
    assert card.measure == measure


def test_a_margin_is_positive_on_the_side_that_keeps() -> None:
    assert Measure("novelty", 7.0, 5.0).margin == 2.0
    assert Measure("watermark", 0.75, 0.5).margin == -0.25


@pytest.mark.parametrize("score", [float("nan"), float("-inf"), "12", None])
def test_a_score_that_is_no_number_is_not_shown(score: Any) -> None:
    card = card_of(decided(scores={"novelty": score}, thresholds={"novelty": 5.0}))
    assert (card.measure, card.novelty) == (None, None)


@pytest.mark.parametrize(
    ("reason", "shown", "detail"),
    [
        ("too-small: 640x480", "Too small", "640x480"),
        ("novelty: 3 is below 5", "Unlike what you love", "3 is below 5"),
        ("gone", "Gone", ""),
        ("", "No reason given", ""),
    ],
)
def test_a_reason_is_a_phrase_and_its_details(reason: str, shown: str, detail: str) -> None:
    card = card_of(decided(reason=reason))
    assert (card.reason, card.detail) == (shown, detail)


def test_details_that_the_bar_shows_are_not_repeated() -> None:
    assert card_of(decided(scores={"novelty": 3.0}, thresholds={"novelty": 5.0})).detail == ""


def test_a_post_without_a_title_is_called_by_its_id() -> None:
    assert card_of(decided(submission={"source": "reddit", "id": "t3_x"})).title == "reddit t3_x"
    assert card_of(decided()).title == "c1"


@pytest.mark.parametrize(
    "facts", [{}, {"width": 10}, {"width": "10", "height": "20"}, {"width": 0, "height": 5}]
)
def test_an_unknown_size_is_not_shown(facts: dict[str, Any]) -> None:
    assert card_of(decided(facts=facts)).size is None


@pytest.mark.parametrize(
    "mark",
    ["0123", [0.1, 0.2, 0.3], [0.5, 0, 0.4, 1], [0, 0, 2, 1], [0, 0, float("nan"), 1], ["a"] * 4, None],
)
def test_a_place_that_is_none_is_not_drawn(mark: object) -> None:
    assert card_of(decision("k", facts={"mark": mark})).mark is None
