"""Batches of SQS records, as Lambda's event source mapping delivers them and wants them answered.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bowerbird.core.ports import Message


def messages_of(event: Mapping[str, Any]) -> list[Message]:
    """Return the messages of a batch, in its order."""
    return [
        Message(
            id=record["messageId"],
            body=record["body"],
            receipt=record["receiptHandle"],
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
        )
        for record in event["Records"]
    ]


def answer(coming_back: Iterable[Message]) -> dict[str, Any]:
    """Say which messages must come back, in the shape of ReportBatchItemFailures."""
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in coming_back]}
