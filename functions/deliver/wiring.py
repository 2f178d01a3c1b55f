"""Wires the deliver function."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import boto3

from bowerbird.adapters.aws.opening import open_bucket, open_queue
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.secrets import secret_text
from bowerbird.adapters.aws.timeouts import TIMEOUTS
from bowerbird.assembly.delivering import deliverer
from bowerbird.deliver.batch import DeliveryBatch
from bowerbird.deliver.deliverer import Deliverer
from functions.deliver.settings import DeliverSettings

Batch = Callable[[Mapping[str, Any]], dict[str, Any]]

# Five minutes after the secret was changed, every environment of the function knows the new one.
_FRESH_S: Final = 300.0


def delivery_batch(settings: DeliverSettings, clock: Callable[[], float] = time.monotonic) -> Batch:
    """Make the SQS side of delivery. It reads the password at the start, and again when that is old."""
    bucket, endpoint = settings.bucket, settings.endpoint_url

    @cache
    def store(prefix: str) -> S3Store:
        return open_bucket(bucket, endpoint, prefix)

    def of_taste(prefix: str) -> Deliverer:
        return deliverer(store(prefix), settings.scenery_url, settings, turns=store(""))

    queue = open_queue(settings.queue_url, settings.dead_letter_url, endpoint)
    settings, read_at = _with_password(settings), clock()

    def handle(event: Mapping[str, Any]) -> dict[str, Any]:
        nonlocal settings, read_at
        if settings.scenery_secret and clock() - read_at > _FRESH_S:
            settings, read_at = _with_password(settings), clock()
        return DeliveryBatch(of_taste, queue, bucket).handle(event)

    return handle


def _with_password(settings: DeliverSettings) -> DeliverSettings:
    if not settings.scenery_secret:
        return settings
    client = boto3.client("secretsmanager", endpoint_url=settings.endpoint_url, config=TIMEOUTS)
    return settings.with_secret(secret_text(client, settings.scenery_secret))
