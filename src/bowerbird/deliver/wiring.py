"""Wires the deliver function, and the deliverer of the `bowerbird deliver` command."""

from __future__ import annotations

from typing import Final

from bowerbird.core.errors import UsageError
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.ambience import Ambience
from bowerbird.deliver.batch import DeliveryBatch
from bowerbird.deliver.deliverer import Deliverer
from bowerbird.deliver.records import Records
from bowerbird.deliver.scenery import Scenery
from bowerbird.deliver.settings import DeliverSettings, GallerySettings
from bowerbird.deliver.tags import TagRule

# A claim outlasts the longest attempt: ambience, two posts (the second without its URL), and some.
_CLAIM_TIMEOUTS: Final = 4.0


def deliverer(store: ObjectStore, url: str, settings: GallerySettings) -> Deliverer:
    """A deliverer from one store to the scenery at `url`.

    Raises:
        UsageError: no password is set, or the address or the tags cannot be understood.
    """
    password = settings.scenery_password.get_secret_value()
    if not password:
        raise UsageError("set BOWERBIRD_SCENERY_PASSWORD to scenery's import_images_bot_password")
    timeout = settings.scenery_timeout_s
    scenery = Scenery(url, password, timeout_s=timeout)
    return Deliverer(
        store,
        scenery,
        Records(store, scenery.name, claim_s=_CLAIM_TIMEOUTS * timeout),
        TagRule.parse(settings.scenery_tags),
        settings.scenery_conversion,
        Ambience(settings.ambience_url, timeout_s=timeout) if settings.ambience_url else None,
    )


def delivery_batch(settings: DeliverSettings) -> DeliveryBatch:
    """The SQS side of delivery."""
    # boto3 takes most of a second to import, and the command may never need it.
    import boto3  # noqa: PLC0415

    from bowerbird.adapters.aws.s3 import S3Store  # noqa: PLC0415
    from bowerbird.adapters.aws.sqs import SqsQueue  # noqa: PLC0415
    from bowerbird.adapters.aws.timeouts import PATIENCE  # noqa: PLC0415

    store = S3Store(boto3.client("s3", endpoint_url=settings.endpoint_url, config=PATIENCE), settings.bucket)
    sqs = boto3.client("sqs", endpoint_url=settings.endpoint_url, config=PATIENCE)
    queue = SqsQueue(sqs, settings.queue_url, settings.dead_letter_url)
    return DeliveryBatch(deliverer(store, settings.scenery_url, settings), queue, settings.bucket)
