"""A candidate is done when every taste has stored its decision; what one taste suffers costs no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import (
    DamagedError,
    InvalidMessageError,
    PermanentError,
    RetryableError,
    StoreError,
)
from bowerbird.filter.once import Once
from bowerbird.filter.tastes import Ledgers, Taste, Tastes
from tests.fakes import FakeLedger
from tests.unit.filter.test_consumer import DECISION, Scripted

OTHER = replace(DECISION, bundle="other@1")


def decide(*answers: Decision | Exception) -> tuple[list[Scripted], list[Decision], Exception | None]:
    judges, told = [Scripted(each) for each in answers], list[Decision]()
    tastes = Tastes([Taste(judge, told.append) for judge in judges], Once())
    try:
        tastes.decide("body", last_attempt=True)
    except Exception as error:  # noqa: BLE001 - it is what is looked at
        return judges, told, error
    return judges, told, None


def test_each_taste_decides_and_each_is_heard() -> None:
    judges, told, error = decide(DECISION, OTHER)
    assert (told, error) == ([DECISION, OTHER], None)
    assert [judge.last_attempts for judge in judges] == [[True], [True]]


@pytest.mark.parametrize("error", [RetryableError("later"), StoreError("full"), KeyError("a bug")])
def test_what_one_taste_suffers_keeps_no_other_from_deciding(error: Exception) -> None:
    judges, told, raised = decide(error, DECISION)
    assert raised is error
    assert judges[1].answers == []
    assert told == []  # it is counted when it is done, and the next delivery tells of it


@pytest.mark.parametrize("first", [RetryableError("later"), KeyError("a bug"), PermanentError("odd")])
def test_a_store_that_fails_is_told_before_anything_else(first: Exception) -> None:
    full = StoreError("full")
    assert decide(first, full)[2] is full
    assert decide(first, KeyError("another"))[2] is first


@pytest.mark.parametrize("error", [InvalidMessageError("no message"), DamagedError("torn", why="torn")])
def test_what_is_the_same_for_all_is_told_at_once(error: Exception) -> None:
    judges, _, raised = decide(error, DECISION)
    assert raised is error
    assert judges[1].answers == [DECISION]


class Full(FakeLedger):
    def flush(self) -> int:
        raise StoreError("full")


def test_a_candidate_is_decided_when_all_tastes_have_decided_it() -> None:
    one, two = FakeLedger(), FakeLedger()
    both = Ledgers([one, two])
    one.commit(DECISION)
    assert not both.knows("c")
    two.commit(DECISION)
    assert both.knows("c")


def test_a_place_that_is_full_keeps_no_other_from_writing_its_lines() -> None:
    other = FakeLedger()
    with pytest.raises(StoreError, match="full"):
        Ledgers([Full(), other]).flush()
    assert other.flushes == 1
