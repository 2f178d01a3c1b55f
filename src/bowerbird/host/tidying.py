"""Makes a place small again: finished days become one file each, and the ledger forgets all but the names."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.compaction import RECENT_DAYS, Compacted, compact
from bowerbird.core.errors import BowerbirdError
from bowerbird.core.ports import ObjectStore
from bowerbird.host.daily import Daily

_log = logging.getLogger(__name__)


def tidy(store: ObjectStore, ledger: SqliteLedger, today: date) -> Iterator[Compacted]:
    """Compact the finished days, then settle in the ledger what was decided on them.

    Raises:
        StoreError, RetryableError: see `bowerbird.core.compaction.compact`; the ledger is as it was.
    """
    yield from compact(store, today)
    ledger.settle((today - timedelta(days=RECENT_DAYS - 1)).isoformat())


@dataclass(slots=True)
class Tidying:
    """Tidies up once a day, between two crawls. What fails is tried again the next day."""

    store: ObjectStore
    ledger: SqliteLedger
    daily: Daily = field(default_factory=Daily)

    def __call__(self) -> None:
        """Tidy up, if that was not done today."""
        today = self.daily.due()
        if today is None:
            return
        self.daily.done(today)
        try:
            for day in tidy(self.store, self.ledger, today):
                _log.info("decisions of %s: %d files became one", day.day, day.files)
        except BowerbirdError as error:
            _log.warning("%s", error)
