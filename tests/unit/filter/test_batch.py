"""A batch as the event source mapping delivers it: what is decided, what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import BowerbirdError, InvalidMessageError, RetryableError
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.batch import BatchFilter
from bowerbird.filter.consumer import Consumer
from tests.fakes import FakeLedger, FakeQueue


class ByBody:
    """Decides as the body says."""

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        failures: dict[str, BowerbirdError] = {
            "busy": RetryableError("503", Word.BUSY),
            "poison": InvalidMessageError("version: Input should be 1"),
        }
        if body in failures and not last_attempt:
            raise failures[body]
        return Decision(
            body, keep=True, stage="s", reason=Reason(Word.KEPT), bundle="b@1", decided_at="2026-11-22"
        )


def record(body: str, receives: int = 1) -> dict[str, Any]:
    """One record, as https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html shows it."""
    return {
        "messageId": f"id-{body}",
        "receiptHandle": f"receipt-{body}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2",
    }


class Rig:
    def __init__(self) -> None:
        self.queue, self.ledger = FakeQueue(), FakeLedger()
        consumer = Consumer(ByBody(), self.queue, max_receives=5, base_delay_s=30, jitter=lambda: 1.0)
        self.batch = BatchFilter(consumer, self.ledger)

    def handle(self, *records: dict[str, Any]) -> list[str]:
        answer = self.batch.handle({"Records": list(records)})
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_only_what_must_come_back_is_reported() -> None:
    rig = Rig()
    assert rig.handle(record("a"), record("busy"), record("poison"), record("b")) == ["id-busy"]
    assert rig.queue.buried == [("id-poison", "version: Input should be 1")]
    assert rig.queue.released == [("receipt-busy", 30.0)]
    assert rig.queue.deleted == [], "the event source mapping deletes what was not reported"


def test_the_decision_lines_are_written_before_the_batch_is_acknowledged() -> None:
    rig = Rig()
    rig.handle(record("a"))
    assert rig.ledger.flushes == 1


def test_lines_that_cannot_be_written_bring_the_whole_batch_back() -> None:
    rig = Rig()

    def fail() -> int:
        raise RetryableError("store: 503")

    rig.ledger.flush = fail  # type: ignore[method-assign]
    with pytest.raises(RetryableError):
        rig.handle(record("a"))


def test_the_receive_count_tells_the_last_attempt() -> None:
    assert Rig().handle(record("busy", receives=5)) == []
