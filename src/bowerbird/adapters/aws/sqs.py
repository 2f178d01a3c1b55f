"""The queue on SQS: a standard queue and its dead-letter queue."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from bowerbird.adapters.aws.failures import code, translated
from bowerbird.core.errors import InvalidMessageError, StoreError, UsageError
from bowerbird.core.json_text import parsed
from bowerbird.core.ports import Message, QueueDepth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import BatchResultErrorEntryTypeDef, SendMessageBatchRequestEntryTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_BATCH: Final = 10
_BATCH_BYTES: Final = 1024 * 1024
_LONGEST_INVISIBLE_S: Final = 12 * 60 * 60
_REASON_CHARACTERS: Final = 512
# An entry of a batch can fail alone; boto3 retries whole calls only.
_ATTEMPTS: Final = 4
#: The message attribute that tells why a dead letter is one.
REASON: Final = "reason"
# A delivery that is over: settled already, or taken by another since its time-out.
_OVER: Final = frozenset(
    {
        "ReceiptHandleIsInvalid",
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
        "InvalidParameterValue",
    }
)


class SqsQueue:
    """Visibility timeout and receive count are the queue's own settings.

    SQS knows no duplicates: `send` counts every message as new, and the ledger sorts them out later.
    """

    def __init__(self, client: SQSClient, queue_url: str, dead_letter_url: str) -> None:
        self._client = client
        self._url = queue_url
        self._dead_url = dead_letter_url

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        """Add messages, ten a request; what SQS cannot carry is told after the rest was sent."""
        refused: list[str] = []
        for batch in _batches([body for _, body in messages]):
            refused += self._send_batch(batch)
        if refused:
            raise InvalidMessageError(f"SQS refused {len(refused)} of {len(messages)} messages: {refused[0]}")
        return len(messages)

    def receive(self, limit: int) -> list[Message]:
        """Take messages; waits a second for the first, so that an empty answer means an empty queue."""
        return self._receive(self._url, limit)

    def delete(self, receipts: Sequence[str]) -> None:
        """Acknowledge deliveries, ten a request."""
        self._delete(self._url, receipts)

    def release(self, receipt: str, delay_s: float, *, counted: bool = True) -> None:  # noqa: ARG002 - SQS counts every delivery
        """Give a delivery back; SQS counts whole seconds, twelve hours at most, and every delivery."""
        seconds = min(math.ceil(max(delay_s, 0)), _LONGEST_INVISIBLE_S)
        with translated(f"releasing a message of {self._url}"):
            try:
                self._client.change_message_visibility(
                    QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
                )
            except ClientError as error:
                if code(error) not in _OVER:
                    raise

    def bury(self, message: Message, reason: str) -> None:
        """Copy to the dead letters, then acknowledge: a crash in between repeats it, and loses nothing."""
        with translated(f"burying a message in {self._dead_url}"):
            self._client.send_message(
                QueueUrl=self._dead_url,
                MessageBody=message.body,
                MessageAttributes={REASON: {"DataType": "String", "StringValue": _attribute(reason)}},
            )
        self.delete([message.receipt])

    def depth(self) -> QueueDepth:
        """Count, as far as SQS knows: a minute behind at times."""
        ready, delayed, in_flight = self._counts(self._url)
        return QueueDepth(ready, delayed, in_flight, self._counts(self._dead_url)[0])

    def redrive(self) -> int:
        """Put dead letters back, no more than there are now, so that new ones cannot keep it going.

        SQS's own StartMessageMoveTask cannot know where a buried message came from, hence by hand.
        """
        waiting, moved = self._counts(self._dead_url)[0], 0
        while moved < waiting and (letters := self._receive(self._dead_url, _BATCH)):
            self.send([(letter.id, letter.body) for letter in letters])
            self._delete(self._dead_url, [letter.receipt for letter in letters])
            moved += len(letters)
        return moved

    def _send_batch(self, bodies: Sequence[str]) -> list[str]:
        """Send up to ten bodies; returns why SQS refused those it never will take."""
        refused: list[str] = []
        left = dict(enumerate(bodies))
        for _ in range(_ATTEMPTS):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(index), "MessageBody": body} for index, body in left.items()
            ]
            with translated(f"sending to {self._url}"):
                failed = self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get(
                    "Failed", []
                )
            refused += [_told(failure) for failure in failed if failure["SenderFault"]]
            left = {int(f["Id"]): bodies[int(f["Id"])] for f in failed if not f["SenderFault"]}
            if not left:
                return refused
        raise StoreError(f"sending to {self._url}: {len(left)} messages failed {_ATTEMPTS} times")

    def _receive(self, url: str, limit: int) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < limit:
            with translated(f"receiving from {url}"):
                answer = self._client.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=min(_BATCH, limit - len(taken)),
                    MessageSystemAttributeNames=["ApproximateReceiveCount"],
                    WaitTimeSeconds=0 if taken else 1,
                )
            found = answer.get("Messages", [])
            if not found:
                break
            taken += [
                Message(
                    message["MessageId"],
                    message["Body"],
                    message["ReceiptHandle"],
                    int(message["Attributes"]["ApproximateReceiveCount"]),
                )
                for message in found
            ]
        return taken

    def _delete(self, url: str, receipts: Sequence[str]) -> None:
        for start in range(0, len(receipts), _BATCH):
            left = list(receipts[start : start + _BATCH])
            for _ in range(_ATTEMPTS):
                with translated(f"deleting from {url}"):
                    answer = self._client.delete_message_batch(
                        QueueUrl=url,
                        Entries=[{"Id": str(i), "ReceiptHandle": receipt} for i, receipt in enumerate(left)],
                    )
                left = [left[int(f["Id"])] for f in answer.get("Failed", []) if not f["SenderFault"]]
                if not left:
                    break
            else:
                raise StoreError(f"deleting from {url}: {len(left)} messages failed {_ATTEMPTS} times")

    def _counts(self, url: str) -> tuple[int, int, int]:
        with translated(f"counting {url}"):
            found = self._client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesDelayed",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesDelayed"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
        )


def dead_letters_of(client: SQSClient, queue_url: str) -> str:
    """Return the URL of the queue that takes a queue's dead letters, as its redrive policy names it.

    Raises:
        UsageError: there is no such queue, or it has no dead-letter queue.
        StoreError: SQS is busy or out of reach.
    """
    with translated(f"looking for the dead letters of {queue_url}"):
        attributes = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["RedrivePolicy"])
        policy = parsed(attributes.get("Attributes", {}).get("RedrivePolicy", "{}"))
        if "deadLetterTargetArn" not in policy:
            raise UsageError(f"{queue_url} has no dead-letter queue; name the queue that candidates wait in")
        # arn:aws:sqs:REGION:ACCOUNT:NAME; one account and region, or SQS would not have taken the policy
        _, _, name = policy["deadLetterTargetArn"].rpartition(":")
        return client.get_queue_url(QueueName=name)["QueueUrl"]


def _batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """Cut into what one request carries: ten entries and 1 MiB."""
    batch: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if batch and (len(batch) == _BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch


def _told(failure: BatchResultErrorEntryTypeDef) -> str:
    return f"{failure['Code']} {failure.get('Message', '')}".strip()


def _attribute(reason: str) -> str:
    """Return a reason as SQS takes it: one or more characters of XML 1.0. It may quote a stranger."""
    printable = "".join(character if character.isprintable() else " " for character in reason)
    return printable[:_REASON_CHARACTERS].strip() or "unknown"
