"""A delivery ends in exactly one way."""

import pytest

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import (
    BowerbirdError,
    InvalidMessageError,
    RetryableError,
    StoreError,
    UsageError,
)
from bowerbird.core.ports import Message
from bowerbird.core.reasons import Reason
from bowerbird.filter.consumer import Consumer, Outcome
from tests.fakes import FakeQueue

DECISION = Decision(
    "c",
    keep=False,
    stage="novelty",
    reason=Reason.parse("novelty: low"),
    bundle="b@1",
    decided_at="2026-11-22",
)


class Scripted:
    """Stands where the candidate filter stands: gives the next answer, remembers what it was told."""

    def __init__(self, *answers: Decision | Exception) -> None:
        self.answers = list(answers)
        self.last_attempts: list[bool] = []

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        assert body == "body"
        self.last_attempts.append(last_attempt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def consume(
    answer: Decision | Exception, *, receives: int
) -> tuple[Outcome, FakeQueue, list[Decision], Scripted]:
    queue, seen, candidates = FakeQueue(), list[Decision](), Scripted(answer)
    consumer = Consumer(
        candidates, queue, max_receives=3, base_delay_s=2, on_decision=seen.append, jitter=lambda: 1.0
    )
    outcome = consumer.consume(Message("id", "body", "receipt", receives))
    return outcome, queue, seen, candidates


def test_a_decision_is_left_for_the_caller_to_acknowledge() -> None:
    outcome, queue, seen, _ = consume(DECISION, receives=1)
    assert outcome is Outcome.DECIDED
    assert (queue.deleted, queue.released, queue.buried, seen) == ([], [], [], [DECISION])


def test_poison_is_buried_at_once_with_its_reason() -> None:
    outcome, queue, seen, _ = consume(InvalidMessageError("version: Input should be 1"), receives=1)
    assert outcome is Outcome.BURIED
    assert queue.buried == [("id", "version: Input should be 1")]
    assert seen == []


@pytest.mark.parametrize(("receives", "delay"), [(1, 2.0), (2, 8.0)])
def test_a_passing_failure_waits_four_times_as_long_each_time(receives: int, delay: float) -> None:
    outcome, queue, _, candidates = consume(RetryableError("503"), receives=receives)
    assert outcome is Outcome.RELEASED
    assert queue.released == [("receipt", delay)]
    assert candidates.last_attempts == [False]


def test_what_the_host_asks_for_is_honoured_up_to_what_a_queue_can_hide() -> None:
    _, queue, _, _ = consume(RetryableError("429", retry_after_s=600), receives=1)
    assert queue.released == [("receipt", 600.0)]
    _, queue, _, _ = consume(RetryableError("429", retry_after_s=1e9), receives=1)
    assert queue.released == [("receipt", 12 * 3600.0)]


def test_on_the_last_attempt_the_filter_is_told_and_a_failure_is_buried_with_its_reason() -> None:
    outcome, queue, _, candidates = consume(RetryableError("store is down"), receives=3)
    assert candidates.last_attempts == [True]
    assert outcome is Outcome.BURIED
    assert queue.buried == [("id", "RetryableError: store is down")]


@pytest.mark.parametrize("error", [StoreError("the disk is full"), UsageError("AccessDenied")])
@pytest.mark.parametrize("receives", [1, 3])
def test_a_fault_of_our_own_store_counts_against_no_candidate(error: BowerbirdError, receives: int) -> None:
    queue, faults = FakeQueue(), list[BowerbirdError]()
    consumer = Consumer(
        Scripted(error), queue, max_receives=3, base_delay_s=2, on_fault=faults.append, jitter=lambda: 1.0
    )
    assert consumer.consume(Message("id", "body", "receipt", receives)) is Outcome.RELEASED
    assert (queue.uncounted, queue.buried, faults) == (["receipt"], [], [error])


def test_a_bug_costs_one_candidate_and_not_the_worker() -> None:
    outcome, queue, _, _ = consume(ZeroDivisionError("division by zero"), receives=1)
    assert outcome is Outcome.RELEASED
    outcome, queue, _, _ = consume(ZeroDivisionError("division by zero"), receives=3)
    assert outcome is Outcome.BURIED
    assert queue.buried == [("id", "ZeroDivisionError: division by zero")]
