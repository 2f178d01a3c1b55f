"""Wires the compact function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from bowerbird.adapters.aws.opening import open_bucket
from bowerbird.core.compaction import Compacted, compact
from functions.compact.settings import CompactSettings


def compaction(settings: CompactSettings) -> Callable[[], Iterator[Compacted]]:
    """Make what compacts the bucket's finished days, one after the other."""
    store = open_bucket(settings.bucket, settings.endpoint_url)
    return lambda: compact(store, datetime.now(UTC).date())
