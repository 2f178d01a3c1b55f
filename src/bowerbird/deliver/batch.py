"""Delivers the survivors that a batch of SQS records announces."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bowerbird.adapters.aws.events import answer, messages_of
from bowerbird.adapters.aws.tastes import in_place
from bowerbird.core.errors import InvalidMessageError, PermanentError, RetryableError, UsageError
from bowerbird.core.ports import Message, Queue
from bowerbird.deliver.deliverer import Deliverer
from bowerbird.deliver.events import survivors_in

_log = logging.getLogger(__name__)

_BASE_DELAY_S: Final = 60.0
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
_MAX_DELAY_S: Final = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class DeliveryBatch:
    """Delivers the pictures that a batch announces, one after the other.

    Never two at once: scenery gives two pictures that arrive together the same id (`get_max_image_id() + 1`
    in its image_ops.ts). A message that fails goes back to the queue, each time for longer. The queue moves
    it to the dead letters when it has come too often. Each taste's place, told by its prefix in the bucket,
    has a deliverer.
    """

    deliverer: Callable[[str], Deliverer]
    queue: Queue
    bucket: str

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer in the shape of ReportBatchItemFailures."""
        return answer([message for message in messages_of(event) if not self._settled(message)])

    def _settled(self, message: Message) -> bool:
        try:
            for name in survivors_in(message.body, self.bucket):
                prefix, key = in_place(name)
                delivery = self.deliverer(prefix).deliver(key)
                _log.info("%s: %s %s", name, delivery.state, delivery.detail)
        except InvalidMessageError as error:
            self.queue.bury(message, str(error))
        except (RetryableError, UsageError, PermanentError) as error:
            _log.warning("message %s: %s", message.id, error)
            asked = error.retry_after_s if isinstance(error, RetryableError) else None
            delay = max(_BASE_DELAY_S * 4 ** (message.receives - 1), asked or 0.0)
            self.queue.release(message.receipt, min(delay, _MAX_DELAY_S))
            return False
        return True
