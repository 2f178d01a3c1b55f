"""The places of one run: each taste has its own, with a ledger and counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.ports import Queue
from bowerbird.host.counts import RunCounts
from bowerbird.host.post_prior import PostPrior

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


def gather(queue: Queue, others: Iterable[Queue]) -> None:
    """Move what waits in other queues to this one.

    A place may have been mined on its own before, or have been the first in the file. Messages are sent
    before they are taken away, so a death in between leaves them in both, and they are decided once.
    """
    for other in others:
        while messages := other.receive(_MESSAGES):
            queue.send([(message.id, message.body) for message in messages])
            other.delete([message.receipt for message in messages])
