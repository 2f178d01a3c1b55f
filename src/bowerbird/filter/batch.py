"""A batch of SQS records, as the event source mapping delivers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bowerbird.adapters.aws.events import answer, messages_of
from bowerbird.core.ports import Known, Message
from bowerbird.filter.consumer import Consumer, Outcome


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Decides a batch, its downloads side by side, and says which records must come back."""

    consumer: Consumer
    ledger: Known

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Decide a batch, and answer in the shape of ReportBatchItemFailures.

        Raises:
            RetryableError: the decision lines could not be written. The decisions are committed already; the
                whole batch comes back, and only then are its lines written.
        """
        messages = messages_of(event)
        outcomes = self._consume(messages)
        self.ledger.flush()
        decided = zip(messages, outcomes, strict=True)
        return answer(message for message, outcome in decided if outcome is Outcome.RELEASED)

    def _consume(self, messages: Sequence[Message]) -> list[Outcome]:
        with ThreadPoolExecutor(max_workers=max(1, len(messages))) as pool:
            return list(pool.map(self.consumer.consume, messages))
