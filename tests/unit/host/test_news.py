"""How a source is, said once for each change."""

from __future__ import annotations

from datetime import UTC, datetime

from bowerbird.host.news import News


def told(*steps: tuple[str, int] | str) -> list[str]:
    """What is said of crawls that went well (what was told of them, posts so far) or failed (why)."""
    lines: list[str] = []
    news = News(lines.append, lambda: datetime(2026, 11, 26, 7, 5, 9, tzinfo=UTC))
    for step in steps:
        if isinstance(step, str):
            news.failed(step)
        else:
            news.crawled(*step)
    assert all(line.startswith("07:05:09 ") for line in lines)
    return [line.removeprefix("07:05:09 ") for line in lines]


def test_a_failure_is_said_at_once_and_when_it_changes() -> None:
    assert told("half an answer", "half an answer", "refused", "half an answer") == [
        "half an answer",
        "refused",
        "half an answer",
    ]


def test_the_same_failure_with_other_numbers_is_no_news() -> None:
    assert told("again in 90 s", "again in 31 s", "object at 0x7f3c", "object at 0x81aa") == [
        "again in 90 s",
        "object at 0x7f3c",
    ]


def test_a_recovery_is_said() -> None:
    assert told("refused", ("ok, 0 new", 0), ("ok, 0 new", 0)) == [
        "refused",
        "it can be read again: ok, 0 new",
    ]
    assert told("refused", ("", 0)) == ["refused", "it can be read again"]


def test_the_same_failure_after_a_recovery_is_news() -> None:
    assert told("refused", ("", 0), "refused")[2:] == ["refused"]


def test_a_crawl_is_told_when_it_brought_posts_or_the_source_changed() -> None:
    steps = [("ok, 3 new", 3), ("ok, 0 new", 3), ("ok, 0 new", 3), ("ok, 2 new", 5), ("empty, 0 new", 5)]
    assert told(*steps) == ["ok, 3 new", "ok, 2 new", "empty, 0 new"]
    assert told(("", 1), ("", 2)) == []


def test_a_source_is_broken_when_it_failed_three_times_in_a_row_and_well_after_that() -> None:
    heard: list[tuple[str, str]] = []
    news = News(
        lambda _line: None,
        lambda: datetime(2026, 11, 26, tzinfo=UTC),
        lambda words, state: heard.append((words, state)),
    )
    for failures in (2, 3, 1):
        for _ in range(failures):
            news.failed("refused")
        news.crawled("ok", 0)
    for _ in range(9):
        news.failed("refused")
    assert heard == [("refused", "broken"), ("ok", "well"), ("refused", "broken")]
