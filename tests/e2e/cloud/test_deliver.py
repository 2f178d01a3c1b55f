"""The built deliver function on Lambda's runtime: a bucket's own notifications → SQS → scenery."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from infra.sam.box import Box
from infra.sam.built import built_functions
from infra.sam.event_source import SqsEventSource
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.e2e.cloud.rig import PYTHON, TEMPLATE, needs_build
from tests.integration.deliver.scenery_server import Scenery, serving
from tests.unit.deliver.survivors import keep, record
from tests.unit.deliver.test_batch import created

pytestmark = needs_build


@dataclass(frozen=True)
class Gallery:
    """A bucket that tells of its survivors, the function, and the scenery it delivers to."""

    scenery: Scenery
    store: S3Store
    bucket: str
    sqs: Any
    urls: tuple[str, str]
    source: SqsEventSource

    def keep(self, **picture: Any) -> str:
        return keep(self.store, **picture)

    def state(self, key: str) -> str:
        state: str = record(self.store, key, self.scenery.url)["state"]
        return state

    def tell(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.urls[0], MessageBody=body)

    def settle(self) -> int:
        """Hand over messages, one an event as the template has it; returns how many were given back."""
        returned = 0
        while report := self.source.poll():
            assert report.error is None, report.answer
            returned += len(report.answer["batchItemFailures"])
        return returned


@pytest.fixture
def gallery(tmp_path: Path, ministack: Cloud) -> Iterator[Gallery]:
    bucket, urls = ministack.bucket(), ministack.queues(visibility_s=3600, max_receives=8)
    sqs = ministack.client("sqs")
    attributes = sqs.get_queue_attributes(QueueUrl=urls[0], AttributeNames=["QueueArn"])["Attributes"]
    ministack.client("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": attributes["QueueArn"],
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "images/"}]}},
                }
            ]
        },
    )
    (function,) = (each for each in built_functions(TEMPLATE) if each.name == "DeliverFunction")
    with serving(Scenery()) as scenery:
        secret = ministack.client("secretsmanager").create_secret(
            Name=bucket, SecretString=json.dumps({"password": scenery.password})
        )
        environment = {
            "AWS_ENDPOINT_URL": ministack.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "BOWERBIRD_BUCKET": bucket,
            "BOWERBIRD_QUEUE_URL": urls[0],
            "BOWERBIRD_DEAD_LETTER_URL": urls[1],
            "BOWERBIRD_SCENERY_URL": scenery.url,
            "BOWERBIRD_SCENERY_SECRET": secret["ARN"],
        }
        box = Box(function, PYTHON, environment, tmp_path / "deliver.log")
        source = SqsEventSource(sqs, urls[0], box, batch_size=1)
        store = S3Store(ministack.client("s3"), bucket)
        yield Gallery(scenery, store, bucket, sqs, urls, source)
        box.close()


def test_survivors_arrive_once_though_they_are_announced_again(gallery: Gallery) -> None:
    keys = [gallery.keep(seed=seed) for seed in (1, 2)]
    gallery.tell(created(keys[0], bucket=gallery.bucket))  # SQS may deliver twice, and so may S3
    assert gallery.settle() == 0
    gallery.tell(created(*keys, bucket=gallery.bucket))
    gallery.tell("no notification")
    assert gallery.settle() == 0
    assert [gallery.state(key) for key in keys] == ["imported", "imported"]
    assert len(gallery.scenery.images) == gallery.scenery.requests == len(keys)
    (letter,) = gallery.sqs.receive_message(QueueUrl=gallery.urls[1])["Messages"]
    assert letter["Body"] == "no notification"


def test_what_the_gallery_refuses_is_written_down_and_not_offered_again(gallery: Gallery) -> None:
    gallery.scenery.next_answers = [(413, b'{"message":"request file too large"}')]
    key = gallery.keep(seed=3)
    assert gallery.settle() == 0
    gallery.tell(created(key, bucket=gallery.bucket))
    assert gallery.settle() == 0
    assert (gallery.state(key), gallery.scenery.images, gallery.scenery.requests) == ("refused", [], 1)


def test_a_gallery_that_is_down_gets_the_picture_when_it_is_back(gallery: Gallery) -> None:
    gallery.scenery.next_answers = [(503, b"")]
    key = gallery.keep(seed=4)
    assert gallery.settle() == 1
    assert gallery.source.hurry() == 1
    assert gallery.settle() == 0
    assert (gallery.state(key), len(gallery.scenery.images)) == ("imported", 1)
