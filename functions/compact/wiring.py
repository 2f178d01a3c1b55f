"""Wires the compact function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bowerbird.adapters.aws.opening import open_bucket
from bowerbird.core.compaction import Compacted, compact
from bowerbird.crawl.following.best_communities import remember_best
from functions.compact.settings import CompactSettings


@dataclass(frozen=True, slots=True)
class Night:
    """What is done once a day: `days` compacts the finished days, one after the other.

    `best` finds the communities that the crawl focuses on, and returns them; none without focus.
    """

    days: Callable[[], Iterator[Compacted]]
    best: Callable[[], tuple[str, ...]]


def night(settings: CompactSettings) -> Night:
    """Make both on the bucket."""
    store = open_bucket(settings.bucket, settings.endpoint_url)
    return Night(
        lambda: compact(store, datetime.now(UTC).date()),
        lambda: remember_best(store, settings.source) if settings.focus else (),
    )
