"""The places of one run: each taste has its own, with a ledger and counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.errors import StoreError, UsageError
from bowerbird.core.ports import Ledger, Queue
from bowerbird.host.counts import RunCounts
from bowerbird.host.prior_fit import PostPrior

# As many as are moved from one queue to another in one go.
_MESSAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Home:
    """Where one taste stores: its place, and what is decided there.

    `prior` judges posts unseen. `counts` are those of this taste.
    """

    place: Place
    ledger: SqliteLedger
    prior: PostPrior | None = None
    counts: RunCounts = field(default_factory=RunCounts)


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledgers of several tastes as one: a candidate is decided when all of them have decided it."""

    ledgers: Sequence[Ledger]

    def knows(self, candidate_id: str) -> bool:
        """Tell whether no taste has yet to decide."""
        return all(ledger.knows(candidate_id) for ledger in self.ledgers)

    def flush(self) -> int:
        """Write the decision lines of all tastes, of each to its own place.

        Raises:
            StoreError, UsageError: a place fails. The lines of the others are written all the same.
        """
        written, errors = 0, []
        for ledger in self.ledgers:
            try:
                written += ledger.flush()
            except (StoreError, UsageError) as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return written


def gather(queue: Queue, others: Iterable[Queue]) -> None:
    """Move what waits in other queues to this one.

    A place may have been mined on its own before, or have been the first in the file. Messages are sent
    before they are taken away, so a death in between leaves them in both, and they are decided once.
    """
    for other in others:
        while messages := other.receive(_MESSAGES):
            queue.send([(message.id, message.body) for message in messages])
            other.delete([message.receipt for message in messages])
