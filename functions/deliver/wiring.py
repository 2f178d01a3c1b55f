"""Wires the deliver function."""

from __future__ import annotations

import boto3

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.aws.timeouts import PATIENCE
from bowerbird.deliver.batch import DeliveryBatch
from bowerbird.deliver.wiring import deliverer
from functions.deliver.settings import DeliverSettings


def delivery_batch(settings: DeliverSettings) -> DeliveryBatch:
    """The SQS side of delivery."""
    store = S3Store(boto3.client("s3", endpoint_url=settings.endpoint_url, config=PATIENCE), settings.bucket)
    sqs = boto3.client("sqs", endpoint_url=settings.endpoint_url, config=PATIENCE)
    queue = SqsQueue(sqs, settings.queue_url, settings.dead_letter_url)
    return DeliveryBatch(deliverer(store, settings.scenery_url, settings), queue, settings.bucket)
