"""Wires the deliver function."""

from __future__ import annotations

from bowerbird.adapters.aws.opening import open_bucket, open_queue
from bowerbird.assembly.delivering import deliverer
from bowerbird.deliver.batch import DeliveryBatch
from functions.deliver.settings import DeliverSettings


def delivery_batch(settings: DeliverSettings) -> DeliveryBatch:
    """Make the SQS side of delivery."""
    store = open_bucket(settings.bucket, settings.endpoint_url)
    queue = open_queue(settings.queue_url, settings.dead_letter_url, settings.endpoint_url)
    return DeliveryBatch(deliverer(store, settings.scenery_url, settings), queue, settings.bucket)
