"""The function as it is wired for the cloud: S3 and SQS from moto, scenery on loopback."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.core.errors import UsageError
from functions.deliver.settings import DeliverSettings
from functions.deliver.wiring import delivery_batch
from tests import aws_servers
from tests.aws_servers import Cloud
from tests.integration.deliver.scenery_server import Scenery, serving
from tests.unit.deliver.survivors import keep, record
from tests.unit.deliver.test_batch import created


@dataclass(frozen=True)
class World:
    cloud: Cloud
    scenery: Scenery
    bucket: str
    queue: str
    dead: str

    def send(self, body: str) -> None:
        self.cloud.client("sqs").send_message(QueueUrl=self.queue, MessageBody=body)

    def received(self) -> list[dict[str, Any]]:
        """Receive a batch as the event source mapping does."""
        received = self.cloud.client("sqs").receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, AttributeNames=["All"]
        )
        names = {
            "MessageId": "messageId",
            "ReceiptHandle": "receiptHandle",
            "Body": "body",
            "Attributes": "attributes",
        }
        return [{names[k]: v for k, v in each.items() if k in names} for each in received["Messages"]]

    def settings(self, **changed: Any) -> DeliverSettings:
        """The function's environment."""
        told = {"scenery_url": self.scenery.url, "scenery_password": SecretStr(self.scenery.password)}
        return DeliverSettings(
            bucket=self.bucket,
            queue_url=self.queue,
            dead_letter_url=self.dead,
            endpoint_url=self.cloud.url,
            **(told | changed),
        )

    def handle(self) -> dict[str, Any]:
        """Receive a batch, and hand it to the function."""
        return delivery_batch(self.settings())({"Records": self.received()})

    @property
    def store(self) -> S3Store:
        return S3Store(self.cloud.client("s3"), self.bucket)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws_servers.REGION)
    with aws_servers.moto() as cloud, serving(Scenery()) as scenery:
        queue, dead = cloud.queues(visibility_s=30, max_receives=5)
        yield World(cloud, scenery, cloud.bucket(), queue, dead)


def test_a_survivor_announced_by_s3_arrives_and_is_written_down(world: World) -> None:
    key = keep(world.store)
    world.send(created(key, bucket=world.bucket))
    world.send(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": world.bucket}))
    assert world.handle() == {"batchItemFailures": []}
    assert [image.id for image in world.scenery.images] == [1]
    assert record(world.store, key, world.scenery.url)["state"] == "imported"


def test_each_tastes_survivors_arrive_and_are_written_down_in_its_place(world: World) -> None:
    cities = S3Store(world.cloud.client("s3"), world.bucket, "tastes/cities")
    keys = [keep(world.store, seed=1), keep(cities, seed=2)]
    world.send(created(keys[0], f"tastes/cities/{keys[1]}", bucket=world.bucket))
    assert world.handle() == {"batchItemFailures": []}
    assert [image.id for image in world.scenery.images] == [1, 2]
    for store, key in zip((world.store, cities), keys, strict=True):
        assert record(store, key, world.scenery.url)["state"] == "imported"
    assert len(list(world.store.keys("turns/"))) == 1
    assert list(cities.keys("turns/")) == []  # one turn for all, since the gallery is one


def test_a_gallery_that_is_down_sends_the_message_back_and_an_event_without_meaning_is_buried(
    world: World,
) -> None:
    key = keep(world.store)
    world.scenery.next_answers = [(503, b"")]
    world.send(created(key, bucket=world.bucket))
    world.send("no event")
    answer = world.handle()
    assert len(answer["batchItemFailures"]) == 1
    buried = world.cloud.client("sqs").receive_message(QueueUrl=world.dead)["Messages"]
    assert [each["Body"] for each in buried] == ["no event"]
    assert record(world.store, key, world.scenery.url)["problem"] == "status 503"


def test_the_password_is_fetched_at_the_start_and_again_after_it_was_changed(world: World) -> None:
    client = world.cloud.client("secretsmanager")
    secret = client.create_secret(
        Name=uuid.uuid4().hex, SecretString=f'{{"password": "{world.scenery.password}"}}'
    )
    settings = world.settings(scenery_password=SecretStr(""), scenery_secret=secret["ARN"])
    now = [0.0]
    batch = delivery_batch(settings, clock=lambda: now[0])
    keys = [keep(world.store, seed=seed) for seed in (1, 2)]

    def deliver(key: str) -> list[dict[str, str]]:
        world.send(created(key, bucket=world.bucket))
        failed: list[dict[str, str]] = batch({"Records": world.received()})["batchItemFailures"]
        return failed

    assert deliver(keys[0]) == []
    world.scenery.password = "changed"
    client.put_secret_value(SecretId=secret["ARN"], SecretString='{"password": "changed"}')
    now[0] = 301.0
    assert deliver(keys[1]) == []
    assert [record(world.store, key, world.scenery.url)["state"] for key in keys] == ["imported", "imported"]


@pytest.mark.parametrize("text", ["hunter2", "[]", '{"password": ""}', '{"pasword": "hunter2"}'])
def test_a_secret_without_a_password_says_what_to_store(world: World, text: str) -> None:
    client = world.cloud.client("secretsmanager")
    arn = client.create_secret(Name=uuid.uuid4().hex, SecretString=text)["ARN"]
    with pytest.raises(UsageError, match="store a JSON object whose `password`") as error:
        delivery_batch(world.settings(scenery_secret=arn))
    assert "hunter2" not in str(error.value) + repr(error.value.__cause__)
