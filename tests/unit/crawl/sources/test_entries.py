"""One entry that cannot be read costs no other."""

from __future__ import annotations

from typing import Any

import pytest

from bowerbird.core.messages import Submission
from bowerbird.core.post import Post
from bowerbird.crawl.sources.entries import EntryError, read_each

DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


def read(entry: Any) -> Post | None:
    if isinstance(entry, Exception):
        raise entry
    return Post(Submission("test", str(entry))) if entry else None


def identity(entry: Any) -> str | None:
    return f"name of {entry}" if isinstance(entry, ZeroDivisionError) else None


def test_good_entries_before_and_after_are_read() -> None:
    posts = list(read_each("test", [1, ValueError("x"), None, 2], read, identity))
    assert [post.unreadable for post in posts] == [None, "ValueError", None]
    assert [posts[0].submission.id, posts[2].submission.id] == ["1", "2"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RecursionError(), "RecursionError"),
        (AssertionError(), "AssertionError"),
        (EntryError("KeyError"), "KeyError"),
    ],
)
def test_the_kind_of_exception_is_told(error: Exception, kind: str) -> None:
    (post,) = read_each("test", [error], read, identity)
    assert post.unreadable == kind


def test_it_keeps_its_name_or_gets_one_that_stays() -> None:
    entries = [ZeroDivisionError("7"), ValueError("a"), ValueError("b")]
    first, second = (
        [post.submission.id for post in read_each("test", entries, read, identity)] for _ in range(2)
    )
    assert first == second
    assert first[0] == "name of 7"
    assert len(set(first)) == 3


@pytest.mark.parametrize("entry", [DEEP, "\ud800", {"a": DEEP}])
def test_whatever_it_is_it_gets_a_name(entry: Any) -> None:
    def fails(_: Any) -> Post | None:
        raise KeyError

    (post,) = read_each("test", [entry], fails, lambda _: "".join(DEEP))
    assert post.submission.id.startswith("unreadable-")
