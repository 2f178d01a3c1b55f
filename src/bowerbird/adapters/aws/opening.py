"""Opens the cloud's store, queue, ledger and index. An `endpoint_url` is a server that plays AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from bowerbird.adapters.aws.failures import translated
from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue, dead_letters_of
from bowerbird.adapters.aws.timeouts import TIMEOUTS
from bowerbird.core.ports import ObjectStore

if TYPE_CHECKING:
    from bowerbird.adapters.aws.likenesses import DynamoLikenesses


def open_bucket(bucket: str, endpoint_url: str | None = None, prefix: str = "") -> S3Store:
    """Open a bucket of S3, or the place in it whose keys begin with `prefix`."""
    return S3Store(boto3.client("s3", endpoint_url=endpoint_url, config=TIMEOUTS), bucket, prefix)


def open_ledger(table: str, store: ObjectStore, endpoint_url: str | None = None) -> DynamoLedger:
    """Open the ledger of a place in a table of DynamoDB; its decision lines go to the place's store."""
    client = boto3.client("dynamodb", endpoint_url=endpoint_url, config=TIMEOUTS)
    return DynamoLedger(client, table, store, _prefix(store))


def open_likenesses(table: str, store: ObjectStore, endpoint_url: str | None = None) -> DynamoLikenesses:
    """Open the index of a place's likenesses in a ledger's table."""
    # It needs numpy, which the crawl function does without.
    from bowerbird.adapters.aws.likenesses import DynamoLikenesses  # noqa: PLC0415

    client = boto3.client("dynamodb", endpoint_url=endpoint_url, config=TIMEOUTS)
    return DynamoLikenesses(client, table, _prefix(store))


def open_queue(
    queue_url: str, dead_letter_url: str | None = None, endpoint_url: str | None = None
) -> SqsQueue:
    """Open a queue of SQS; without `dead_letter_url` its own settings name its dead letters.

    Raises:
        UsageError: no region is set, or the queue has no dead letters.
    """
    with translated(f"reaching {queue_url}"):  # SQS, unlike S3, must be told a region first
        client = boto3.client("sqs", endpoint_url=endpoint_url, config=TIMEOUTS)
    dead = dead_letters_of(client, queue_url) if dead_letter_url is None else dead_letter_url
    return SqsQueue(client, queue_url, dead)


def _prefix(store: ObjectStore) -> str:
    """Where in its bucket a place lies: the tastes of one bucket share a table."""
    return store.prefix if isinstance(store, S3Store) else ""
