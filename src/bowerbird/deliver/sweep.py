"""Brings all survivors of a place to the gallery; `bowerbird deliver` uses this instead of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.ports import ObjectStore
from bowerbird.deliver.deliverer import SURVIVOR, BusyError, Deliverer
from bowerbird.deliver.records import ClaimedError

# After this many failures in a row the gallery is at fault, not the pictures.
_PATIENCE: Final = 3


@dataclass(slots=True)
class Sweep:
    """Goes through the survivors of a store in the order of their keys, as often as it is asked to.

    `ended` remembers the survivors that need no second look. `counts` are this run's deliveries by state.
    `wait_s` is how long the gallery asked us to stay away, when it ended the last sweep by asking so.
    """

    store: ObjectStore
    deliverer: Deliverer
    on_progress: Callable[[Counter[str]], None] = lambda _counts: None
    stopped: Callable[[], bool] = lambda: False
    ended: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0

    def once(self) -> bool:
        """Deliver what is there, and return whether every survivor's delivery has ended.

        `problems` names the survivors whose delivery has not.

        Raises:
            UsageError: the gallery's address or password is wrong.
        """
        self.problems.clear()
        self.wait_s = 0.0
        failures = 0  # in a row
        for key in self.store.keys("images/"):
            if self.stopped() or failures == _PATIENCE:
                break
            if not SURVIVOR.fullmatch(key) or key in self.ended:
                continue
            try:
                self._one(key)
                failures = 0
            except BusyError as error:
                self.problems[key] = str(error)
                self.wait_s = error.retry_after_s or 0.0
                break
            except ClaimedError as error:
                self.problems[key] = str(error)
            except (RetryableError, PermanentError) as error:
                self.problems[key] = str(error)
                failures += 1
            self.on_progress(self.counts)
        return not self.problems

    def _one(self, key: str) -> None:
        delivery = self.deliverer.deliver(key)
        self.ended.add(key)
        self.counts["known" if delivery.known else delivery.state] += 1
