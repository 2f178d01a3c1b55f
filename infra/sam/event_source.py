"""Plays Lambda's SQS event source mapping: polls, invokes, and deletes the messages that succeeded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.sam.box import Box, Report

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


class SqsEventSource:
    """Feeds a function from a queue as AWS does, with ReportBatchItemFailures.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """

    def __init__(self, client: SQSClient, queue_url: str, box: Box, *, batch_size: int = 10) -> None:
        self._client = client
        self._url = queue_url
        self._box = box
        self._batch_size = batch_size
        self._returned: list[str] = []

    def poll(self) -> Report | None:
        """Take one batch and settle it; None when the queue showed no message for a second."""
        messages = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch_size,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return None
        report = self._box.invoke(sqs_event(messages))
        failed = _failed(report, [message["MessageId"] for message in messages])
        self._returned += [each["ReceiptHandle"] for each in messages if each["MessageId"] in failed]
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                    for n, message in enumerate(done)
                ],
            )
        return report

    def hurry(self) -> int:
        """Show unsettled messages again at once, as if time had passed. Returns how many there were."""
        returned, self._returned = self._returned, []
        for receipt in returned:
            with suppress(ClientError):  # it has shown again by itself
                self._client.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=0
                )
        return len(returned)


def sqs_event(messages: Sequence[MessageTypeDef]) -> dict[str, Any]:
    """Put received messages into the shape of Lambda's event."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:candidates",
                "awsRegion": "eu-west-1",
            }
            for message in messages
        ]
    }


def _failed(report: Report, ids: Sequence[str]) -> set[str]:
    """Name the messages that stay: all after an error, or after an answer that names an unknown message."""
    if report.error:
        return set(ids)
    answer: Mapping[str, Any] = report.answer or {}
    named = {failure["itemIdentifier"] for failure in answer.get("batchItemFailures") or []}
    unknown = named.difference(ids)
    return set(ids) if unknown else named
