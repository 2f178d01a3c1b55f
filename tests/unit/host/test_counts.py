"""Counts that strangers' words cannot make grow without end."""

from __future__ import annotations

from datetime import UTC, datetime

from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason
from bowerbird.host.counts import RunCounts, kind_of


def decision(stage: str, reason: str) -> Decision:
    return Decision(
        candidate="c",
        keep=False,
        stage=stage,
        reason=Reason.parse(reason),
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_an_unread_post_is_counted_by_kind() -> None:
    tally = RunCounts()
    for reason in ("error: ValueError", "error: ValueError", "error: KeyError", "removed: by: a moderator"):
        tally.skipped(Reason.parse(reason))
    assert tally.skips == {"error: ValueError": 2, "error: KeyError": 1, "removed": 1}
    assert tally.unread == "posts that could not be read: 2 ValueError, 1 KeyError"


def test_reasons_are_bounded_in_number_and_length() -> None:
    tally = RunCounts()
    for number in range(1000):
        tally.skipped(Reason.parse(f"word{number}" * 100))
    assert len(tally.skips) <= 201
    assert tally.skips.total() == 1000
    assert max(map(len, tally.skips)) <= 64


def test_problems_are_counted_and_bounded() -> None:
    tally = RunCounts()
    for seconds in range(5):
        tally.crawl_failed(f"again in {seconds} s")
    for number in range(1000):
        tally.crawl_failed("x" * number)
    first = tally.problems[kind_of("again in 0 s")]
    assert (first.words, first.times) == ("again in 4 s", 5)
    assert len(tally.problems) <= 21
    assert sum(problem.times for problem in tally.problems.values()) == 1005
