"""Notifications of S3 through SQS: what is acknowledged, what comes back, what is buried."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from bowerbird.core.errors import (
    BowerbirdError,
    InvalidMessageError,
    PermanentError,
    RetryableError,
    UsageError,
)
from bowerbird.deliver.batch import DeliveryBatch
from bowerbird.deliver.events import survivors_in
from bowerbird.deliver.records import Delivery
from tests.fakes import FakeQueue

KEY = f"images/ab/{'ab' * 32}.jpg"


def created(*keys: str, bucket: str = "survivors", name: str = "ObjectCreated:Put") -> str:
    return json.dumps(
        {
            "Records": [
                {
                    "eventVersion": "2.1",
                    "eventSource": "aws:s3",
                    "eventName": name,
                    "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1, "eTag": "e"}},
                }
                for key in keys
            ]
        }
    )


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (created(KEY), [KEY]),
        (created(KEY, KEY.replace("jpg", "webp")), [KEY, KEY.replace("jpg", "webp")]),
        (created(KEY.replace("/", "%2F")), [KEY]),
        (created(KEY, name="ObjectCreated:CompleteMultipartUpload"), [KEY]),
        (created(KEY, name="ObjectRemoved:Delete"), []),
        (created(KEY, bucket="another"), []),
        (created(KEY.replace("jpg", "json")), []),
        (created(f"tastes/cities/{KEY}"), [f"tastes/cities/{KEY}"]),
        (created(f"tastes/{KEY}", f"tastes/a/b/{KEY}", f"other/a/{KEY}"), []),
        (created("decisions/day=2026-01-01/a.jsonl", "images/../ab.jpg"), []),
        (json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "survivors"}), []),
    ],
)
def test_survivors_are_read_from_a_notification(body: str, keys: list[str]) -> None:
    assert survivors_in(body, "survivors") == keys


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '{"Records":3}', '{"Records":[{"s3":{}}]}'])
def test_what_is_no_notification_is_said_so(body: str) -> None:
    with pytest.raises(InvalidMessageError, match="not an S3 notification"):
        survivors_in(body, "survivors")


@dataclass
class FakeDeliverer:
    failing: dict[str, BowerbirdError] = field(default_factory=dict)
    delivered: list[str] = field(default_factory=list)

    def deliver(self, key: str) -> Delivery:
        if key in self.failing:
            raise self.failing[key]
        self.delivered.append(key)
        return Delivery("imported")


def record(id_: str, body: str, receives: int = 1) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(receives)}
    return {"messageId": id_, "receiptHandle": f"r-{id_}", "body": body, "attributes": attributes}


def test_what_is_delivered_is_acknowledged() -> None:
    deliverer, queue = FakeDeliverer(), FakeQueue()
    answer = DeliveryBatch(lambda _: deliverer, queue, "survivors").handle(
        {"Records": [record("1", created(KEY))]}
    )
    assert answer == {"batchItemFailures": []}
    assert deliverer.delivered == [KEY]
    assert queue.released == []


def test_each_taste_delivers_from_its_own_place() -> None:
    deliverers = {"": FakeDeliverer(), "tastes/cities/": FakeDeliverer()}
    records = [record("1", created(KEY, f"tastes/cities/{KEY.replace('ab', 'cd')}"))]
    batch = DeliveryBatch(lambda prefix: deliverers[prefix], FakeQueue(), "survivors")
    assert batch.handle({"Records": records}) == {"batchItemFailures": []}
    assert [each.delivered for each in deliverers.values()] == [[KEY], [KEY.replace("ab", "cd")]]


@pytest.mark.parametrize(
    ("error", "receives", "delay"),
    [
        (RetryableError("busy"), 1, 60),
        (RetryableError("busy"), 3, 960),
        (RetryableError("claimed", retry_after_s=400), 1, 400),
        (RetryableError("busy"), 9, 43_200),
        (UsageError("wrong password"), 1, 60),
        (PermanentError("damaged sidecar"), 1, 60),
    ],
)
def test_what_fails_comes_back_later_and_the_rest_goes_on(
    error: BowerbirdError, receives: int, delay: float
) -> None:
    other = KEY.replace("ab", "cd")
    deliverer, queue = FakeDeliverer({KEY: error}), FakeQueue()
    records = [record("1", created(KEY), receives), record("2", created(other))]
    answer = DeliveryBatch(lambda _: deliverer, queue, "survivors").handle({"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert queue.released == [("r-1", delay)]
    assert deliverer.delivered == [other]


def test_what_cannot_be_understood_is_buried_with_its_reason() -> None:
    queue = FakeQueue()
    answer = DeliveryBatch(lambda _: FakeDeliverer(), queue, "survivors").handle(
        {"Records": [record("1", "{}")]}
    )
    assert answer == {"batchItemFailures": []}
    assert queue.buried == [("1", "not an S3 notification: KeyError 'Records'")]
