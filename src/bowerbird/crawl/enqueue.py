"""Puts the candidates that a crawl finds on the queue, batch by batch, and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bowerbird.core.messages import Candidate, encode_candidate
from bowerbird.core.ports import Known, Queue
from bowerbird.core.reasons import Reason
from bowerbird.crawl.crawler import Skipped
from bowerbird.crawl.rules import counted_as

# The most SQS takes at once: SendMessageBatch.
_CANDIDATES: Final = 10
# At home nothing limits a batch, and the more there are to choose from, the more an order is worth.
_RANKED: Final = 50
# A batch ends here even when hardly any post gives a candidate, so that the caller still hears of the crawl.
_MOST_FOUND: Final = 50

_Batch = Sequence[Candidate | Skipped]


@dataclass(frozen=True, slots=True)
class Enqueued:
    """Counts what became of a batch.

    `skipped` says why posts gave no candidate. Of the candidates, `decided` ones already had their decision
    and were not sent. `waiting` ones were already on the queue, and `new` ones were not. `in_time` is false
    when the crawl has to stop here.
    """

    skipped: tuple[Reason, ...]
    decided: int
    waiting: int
    new: int
    in_time: bool


def enqueue(  # noqa: PLR0913 - each by name
    found: Iterable[Candidate | Skipped],
    queue: Queue,
    *,
    ledger: Known | None = None,
    limit: int | None = None,
    in_time: Callable[[], bool] = lambda: True,
    rank: Callable[[Candidate], float] | None = None,
) -> Iterator[Enqueued]:
    """Send candidates as they come, and yield what became of each batch.

    The crawl waits until the caller asks for the next batch. A candidate that the `ledger` has decided is not
    sent again. At most `limit` new candidates are sent. When time is up, or the crawl breaks off, everything
    found until then is sent first. With `rank`, batches are larger, and the likeliest of each come first.
    """
    batch: list[Candidate | Skipped] = []
    left = limit
    try:
        for each in found:
            batch.append(each)
            going_on = in_time()
            if going_on and not _full(batch, left, _CANDIDATES if rank is None else _RANKED):
                continue
            ready, batch = batch, []
            sent = _send(_ordered(ready, rank), queue, ledger, in_time=going_on)
            yield sent
            left = None if left is None else left - sent.new
            if not going_on or left == 0:
                return
    finally:
        if batch:
            yield _send(_ordered(batch, rank), queue, ledger, in_time=True)


def _ordered(batch: _Batch, rank: Callable[[Candidate], float] | None) -> _Batch:
    if rank is None:
        return batch
    return sorted(batch, key=lambda each: -rank(each) if isinstance(each, Candidate) else 0.0)


def _full(batch: _Batch, left: int | None, most: int) -> bool:
    candidates = sum(isinstance(each, Candidate) for each in batch)
    most = most if left is None else min(most, left)
    return candidates >= most or len(batch) >= _MOST_FOUND


def _send(batch: _Batch, queue: Queue, ledger: Known | None, *, in_time: bool) -> Enqueued:
    skipped = tuple(each.reason for each in batch if isinstance(each, Skipped))
    candidates = [each for each in batch if isinstance(each, Candidate)]
    open_ = [each for each in candidates if ledger is None or not ledger.knows(each.id)]
    new = queue.send([(each.id, encode_candidate(each)) for each in open_]) if open_ else 0
    return Enqueued(skipped, len(candidates) - len(open_), len(open_) - new, new, in_time)


@dataclass(frozen=True, slots=True)
class CrawlCounts:
    """Records what one run found.

    `candidates` counts those that it sent to the queue, and `new` those of them that did not wait there
    already.
    `skipped` counts submissions by reason. `source` says how a live source is, and what it could not give.
    `hosts` counts what each host of pictures answered; hosts that gave no trouble are left out. `complete` is
    false when time ran out before the source did.
    """

    candidates: int = 0
    new: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    complete: bool = True
    source: dict[str, str | int] = field(default_factory=dict)
    hosts: dict[str, dict[str, int]] = field(default_factory=dict)


def ship(
    found: Iterable[Candidate | Skipped], queue: Queue, *, in_time: Callable[[], bool] = lambda: True
) -> CrawlCounts:
    """Send everything that a crawl finds until time is up, and return the totals."""
    batches = list(enqueue(found, queue, in_time=in_time))
    new = sum(each.new for each in batches)
    return CrawlCounts(
        candidates=new + sum(each.waiting for each in batches),
        new=new,
        skipped=dict(Counter(counted_as(reason) for each in batches for reason in each.skipped)),
        complete=all(each.in_time for each in batches),
    )
