"""Puts what a crawl finds on the queue, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from bowerbird.core.messages import Candidate, encode_candidate
from bowerbird.core.ports import Queue
from bowerbird.crawl.crawler import Skipped
from bowerbird.crawl.rules import counted_as

# The most SQS takes at once: SendMessageBatch.
_BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class Shipment:
    """What one run found: `new` candidates were not waiting yet, `skipped` counts submissions by reason.

    `source` says how a live source is and what it could not give; `hosts` counts what hosts of pictures
    answered, for those that did not only answer. `complete` is false when time ran out before the source did.
    """

    candidates: int = 0
    new: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    complete: bool = True
    source: dict[str, str | int] = field(default_factory=dict)
    hosts: dict[str, dict[str, int]] = field(default_factory=dict)


def ship(
    found: Iterable[Candidate | Skipped], queue: Queue, *, in_time: Callable[[], bool] = lambda: True
) -> Shipment:
    """Send candidates in batches as they come; stops, with all that was found sent, when time is up."""
    batch: list[tuple[str, str]] = []
    skipped: Counter[str] = Counter()
    candidates = new = 0
    complete = True
    for each in found:
        if isinstance(each, Skipped):
            skipped[counted_as(each.reason)] += 1
        else:
            candidates += 1
            batch.append((each.id, encode_candidate(each)))
        if len(batch) == _BATCH:
            new += queue.send(batch)
            batch = []
        if not in_time():
            complete = False
            break
    if batch:
        new += queue.send(batch)
    return Shipment(candidates, new, dict(skipped), complete)
