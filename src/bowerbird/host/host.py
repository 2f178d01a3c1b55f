"""The embedded host: crawl → queue → filter → store in one process, several downloads at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import BowerbirdError, DamagedError, StoreError, UsageError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Message, QueueDepth
from bowerbird.crawl.crawler import Skipped
from bowerbird.crawl.enqueue import enqueue
from bowerbird.filter.consumer import Consumer, Outcome
from bowerbird.host.counts import RunCounts

_log = logging.getLogger(__name__)

# When this many candidates wait in the queue, the crawl pauses.
_HIGH_WATER = 2000
_IDLE_S = 0.05
_REPORT_EVERY_S = 0.5
_FLUSH_EVERY_S = 5.0
# A store that fails once may be busy. One that fails this often, with no decision in between, is broken.
_MOST_FAULTS = 20


@dataclass(slots=True)
class EmbeddedHost:
    """Runs crawl and filter side by side. `stop` ends both cleanly, and a later run goes on from there.

    It works on `downloads` candidates at once. It calls `on_progress` twice a second, from the thread that
    called `run`. It calls `on_crawled` when everything that a crawl found is on the queue, and `on_failed`
    when a crawl ended early.
    """

    queue: SqliteQueue
    ledger: SqliteLedger
    consumer: Consumer
    tally: RunCounts
    downloads: int
    stop: threading.Event = field(default_factory=threading.Event)
    on_progress: Callable[[RunCounts, QueueDepth], None] = lambda _tally, _depth: None
    on_crawled: Callable[[], None] = lambda: None
    on_failed: Callable[[BowerbirdError], None] = lambda _error: None

    def run(
        self,
        crawl: Callable[[], Iterable[Candidate | Skipped]],
        *,
        limit: int | None = None,
        every_s: float | None = None,
    ) -> None:
        """Crawl once, or every so many seconds until stopped, and filter until the queue is empty.

        `crawl` yields candidates, and posts that gave none. `limit` counts candidates that are new to this
        place.

        Raises:
            BowerbirdError: a single crawl ended early. The candidates on the queue are decided first. An
                error that nobody foresaw is a CrawlError.
                Or our own store fails. When another crawl follows, the run waits for it and does not raise.
                What is not decided yet stays in the queue.
            DamagedError: a file of our own is damaged, which no further crawl mends.
        """
        feeder = _Feeder(self, crawl, limit, every_s)
        feeder.start()
        try:
            self._drain(feeder, every_s)
        finally:
            self.stop.set()
            feeder.join()
            self.ledger.flush()
        if feeder.error is not None:
            raise feeder.error

    def _drain(self, feeder: _Feeder, every_s: float | None) -> None:
        working: dict[Future[Outcome], Message] = {}
        report = _Every(_REPORT_EVERY_S, lambda: self.on_progress(self.tally, self.queue.depth()))
        flush = _Every(_FLUSH_EVERY_S, self._flush)
        with ThreadPoolExecutor(self.downloads, thread_name_prefix="filter") as pool:
            while True:
                self._bear_faults(every_s)
                crawled = not feeder.is_alive()  # asked first, so that the queue shows what it sent last
                taken = [] if self.stop.is_set() else self.queue.receive(2 * self.downloads - len(working))
                working |= {pool.submit(self.consumer.consume, message): message for message in taken}
                if working:
                    self._settle(working)
                elif self.stop.is_set() or (crawled and self._empty()):
                    return
                else:
                    self.stop.wait(_IDLE_S)
                report()
                flush()

    def _flush(self) -> None:
        """Write the decision lines. If the store is busy, they wait."""
        try:
            self.ledger.flush()
        except DamagedError:
            raise
        except (StoreError, UsageError) as error:
            self.tally.fault(error)

    def _bear_faults(self, every_s: float | None) -> None:
        if len(self.tally.faults) < _MOST_FAULTS:
            return
        if every_s is None:
            raise self.tally.faults[-1]
        _log.warning("%s; trying again in %g s", self.tally.faults[-1], every_s)
        self.stop.wait(every_s)
        self.tally.faults.clear()

    def _settle(self, working: dict[Future[Outcome], Message]) -> None:
        done, _ = wait(working, timeout=2 * _IDLE_S, return_when=FIRST_COMPLETED)
        self.queue.delete([working[each].receipt for each in done if each.result() is Outcome.DECIDED])
        for each in done:
            del working[each]

    def _empty(self) -> bool:
        depth = self.queue.depth()
        return depth.ready == depth.delayed == depth.in_flight == 0


class CrawlError(BowerbirdError):
    """Says that an unforeseen exception ended a crawl."""


class _Feeder(threading.Thread):
    """Runs the crawl in a thread of its own."""

    def __init__(
        self,
        host: EmbeddedHost,
        crawl: Callable[[], Iterable[Candidate | Skipped]],
        limit: int | None,
        every_s: float | None,
    ) -> None:
        super().__init__(name="crawl", daemon=True)
        self.error: BowerbirdError | None = None
        self._host, self._crawl, self._left, self._every_s = host, crawl, limit, every_s

    def run(self) -> None:
        while not self._host.stop.is_set() and self._left != 0:
            try:
                self._once()
                self._host.on_crawled()
            except DamagedError as error:
                self.error = error
                self._host.stop.set()
                return
            except BowerbirdError as error:
                self._failed(error)
            except Exception as error:  # noqa: BLE001 - a thread that dies would end the run as if all were well
                _log.info("the crawl failed", exc_info=True)
                self._failed(CrawlError(f"the crawl failed, and no one foresaw it: {_named(error)}"))
            if self._every_s is None or self._host.stop.wait(self._every_s):
                return

    def _failed(self, error: BowerbirdError) -> None:
        self._host.tally.crawl_failed(str(error))
        self._host.on_failed(error)
        self.error = None if self._every_s else error

    def _once(self) -> None:
        host = self._host
        batches = enqueue(
            self._crawl(),
            host.queue,
            ledger=host.ledger,
            limit=self._left,
            in_time=lambda: not host.stop.is_set(),
        )
        for sent in batches:
            for reason in sent.skipped:
                host.tally.skipped(reason)
            host.tally.queued(sent.new, sent.decided + sent.waiting)
            if self._left is not None:
                self._left -= sent.new
            while host.queue.depth().ready > _HIGH_WATER and not host.stop.wait(_IDLE_S):
                pass
            if host.stop.is_set():
                return


def _named(error: Exception) -> str:
    """Put an exception into words, even when it has no message."""
    return f"{type(error).__name__}: {error}; -v shows where, please report it"


class _Every:
    """Calls something at most once in so many seconds."""

    def __init__(self, seconds: float, call: Callable[[], object]) -> None:
        self._seconds, self._call, self._last = seconds, call, time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() - self._last >= self._seconds:
            self._call()
            self._last = time.monotonic()
