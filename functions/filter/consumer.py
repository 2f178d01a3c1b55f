"""Settles queue deliveries: done, back to the queue, or to the dead letters."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bowerbird.decisions import Decision
from bowerbird.errors import InvalidMessageError, RetryableError
from bowerbird.ports import Message, Queue

_log = logging.getLogger(__name__)

# SQS hides a message for at most twelve hours:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
_MAX_DELAY_S = 12 * 3600.0


class Outcome(Enum):
    """What became of a delivery. Only DECIDED is left for the caller to acknowledge."""

    DECIDED = "decided"
    RELEASED = "released"
    BURIED = "buried"


class Decider(Protocol):
    """Brings a message to its decision: see `functions.filter.candidates.CandidateFilter`."""

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        """Decide one message; raises InvalidMessageError or RetryableError."""
        ...


@dataclass(frozen=True, slots=True)
class Consumer:
    """Brings deliveries to an end.

    `max_receives` must be the queue's own; `base_delay_s` is the wait after the first failure, four times
    as long after each further one.
    """

    candidates: Decider
    queue: Queue
    max_receives: int
    base_delay_s: float
    on_decision: Callable[[Decision], None] = lambda _: None
    jitter: Callable[[], float] = random.random

    def consume(self, message: Message) -> Outcome:
        """Decide one message; whatever goes wrong, nothing is lost."""
        last = message.receives >= self.max_receives
        try:
            decision = self.candidates.decide(message.body, last_attempt=last)
        except InvalidMessageError as error:
            self.queue.bury(message, str(error))
            return Outcome.BURIED
        except RetryableError as error:
            return self._again(message, error, last=last, after_s=error.retry_after_s)
        except Exception as error:  # a bug must cost one candidate, not the worker
            _log.exception("message %s failed", message.id)
            return self._again(message, error, last=last, after_s=None)
        self.on_decision(decision)
        return Outcome.DECIDED

    def _again(self, message: Message, error: Exception, *, last: bool, after_s: float | None) -> Outcome:
        if last:
            self.queue.bury(message, f"{type(error).__name__}: {error}")
            return Outcome.BURIED
        # Full jitter, so that candidates of one broken host do not come back together:
        # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        backoff = self.base_delay_s * 4 ** (message.receives - 1) * (0.5 + self.jitter() / 2)
        _log.info("message %s goes back to the queue: %s", message.id, error)
        self.queue.release(message.receipt, min(max(backoff, after_s or 0.0), _MAX_DELAY_S))
        return Outcome.RELEASED
