"""Settles queue deliveries: done, back to the queue, or to the dead letters."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import (
    BowerbirdError,
    DamagedError,
    InvalidMessageError,
    RetryableError,
    StoreError,
    UsageError,
)
from bowerbird.core.ports import Message, Queue
from bowerbird.filter.tastes import Judge

_log = logging.getLogger(__name__)

# SQS hides a message for at most twelve hours:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
_MAX_DELAY_S = 12 * 3600.0


class Outcome(Enum):
    """What became of a delivery. Only DECIDED is left for the caller to acknowledge."""

    DECIDED = "decided"
    RELEASED = "released"
    BURIED = "buried"


@dataclass(frozen=True, slots=True)
class Consumer:
    """Decides what the queue delivers, and tells the queue how that ended.

    A candidate that fails at delivery number `max_receives` is not tried again; the number is at most the
    queue's own. A candidate waits `base_delay_s` after its first failure, and four times as long after each
    further one. `on_fault` hears of faults that no candidate caused: our own store fails, or refuses us.
    """

    candidates: Judge
    queue: Queue
    max_receives: int
    base_delay_s: float
    on_decision: Callable[[Decision], None] = lambda _: None
    on_fault: Callable[[BowerbirdError], None] = lambda _: None
    jitter: Callable[[], float] = random.random

    def consume(self, message: Message) -> Outcome:
        """Decide one message; whatever goes wrong, nothing is lost.

        Raises:
            StoreError: the queue itself fails; the delivery comes back after its time-out.
            DamagedError: a file of our own is damaged, which stops every candidate; the delivery comes back
                after its time-out.
        """
        last = message.receives >= self.max_receives
        try:
            decision = self.candidates.decide(message.body, last_attempt=last)
        except InvalidMessageError as error:
            self.queue.bury(message, str(error))
            return Outcome.BURIED
        except DamagedError:
            raise
        except (StoreError, UsageError) as error:
            return self._hold(message, error)
        except RetryableError as error:
            return self._again(message, error, last=last, after_s=error.retry_after_s)
        except Exception as error:  # a bug must cost one candidate, not the worker
            _log.exception("message %s failed", message.id)
            return self._again(message, error, last=last, after_s=None)
        self.on_decision(decision)
        return Outcome.DECIDED

    def _hold(self, message: Message, error: BowerbirdError) -> Outcome:
        """Give an innocent message back; the caller, who hears of the fault, decides how to go on."""
        _log.warning("message %s goes back to the queue: %s", message.id, error)
        self.on_fault(error)
        self.queue.release(message.receipt, self._delay_s(message.receives), counted=False)
        return Outcome.RELEASED

    def _again(self, message: Message, error: Exception, *, last: bool, after_s: float | None) -> Outcome:
        if last:
            self.queue.bury(message, f"{type(error).__name__}: {error}")
            return Outcome.BURIED
        _log.info("message %s goes back to the queue: %s", message.id, error)
        delay_s = min(max(self._delay_s(message.receives), after_s or 0.0), _MAX_DELAY_S)
        self.queue.release(message.receipt, delay_s)
        return Outcome.RELEASED

    def _delay_s(self, receives: int) -> float:
        # Jitter keeps candidates of one broken host from coming back together:
        # https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        return self.base_delay_s * 4.0 ** (receives - 1) * (0.5 + self.jitter() / 2)
