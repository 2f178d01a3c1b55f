"""The embedded host: crawl → queue → filter → store in one process, several downloads at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import BowerbirdError, DamagedError, StoreError, UsageError
from bowerbird.core.messages import Candidate
from bowerbird.core.ports import Known, Message, QueueDepth
from bowerbird.crawl.crawler import Skipped
from bowerbird.crawl.enqueue import enqueue
from bowerbird.filter.consumer import Consumer, Outcome
from bowerbird.host.counts import RunCounts
from bowerbird.host.homes import Home
from bowerbird.host.post_prior import likeliest

_log = logging.getLogger(__name__)

# When this many candidates wait in the queue, the crawl pauses.
_HIGH_WATER = 2000
_IDLE_S = 0.05
_REPORT_EVERY_S = 0.5
_FLUSH_EVERY_S = 5.0
_BEAT_EVERY_S = 10.0
# How often a run that pauses looks at the clock.
_PAUSED_S = 1.0
# A store that fails once may be busy. One that fails this often, with no decision in between, is broken.
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Crawl:
    """A stream to read, each time anew. `find` yields candidates, and posts that gave none.

    The host calls `on_crawled` when everything that was found is on the queue, and `on_failed` when a crawl
    ended early.
    """

    find: Callable[[], Iterable[Candidate | Skipped]]
    on_crawled: Callable[[], None] = lambda: None
    on_failed: Callable[[BowerbirdError], None] = lambda _error: None


@dataclass(slots=True)
class EmbeddedHost:
    """Runs crawl and filter side by side. `stop` ends both cleanly, and a later run goes on from there.

    It works on `downloads` candidates at once, and neither crawls nor downloads while `is_open` says no. It
    calls `on_progress` twice a second, and `on_beat` every ten seconds for as long as it works, both from the
    thread that called `run`. It calls `on_pause` each time that it begins to wait until it is open again, and
    `on_round` when everything that a crawl of all streams found has been judged.
    `homes` are the tastes' places.
    """

    queue: SqliteQueue
    ledger: Known
    consumer: Consumer
    tally: RunCounts
    downloads: int
    stop: threading.Event = field(default_factory=threading.Event)
    on_progress: Callable[[RunCounts, QueueDepth], None] = lambda _tally, _depth: None
    on_crawled: Callable[[], None] = lambda: None
    on_failed: Callable[[BowerbirdError], None] = lambda _error: None
    on_beat: Callable[[], None] = lambda: None
    on_round: Callable[[RunCounts, QueueDepth], None] = lambda _tally, _depth: None
    on_pause: Callable[[], None] = lambda: None
    is_open: Callable[[], bool] = lambda: True
    homes: tuple[Home, ...] = ()

    def run(
        self,
        crawl: Callable[[], Iterable[Candidate | Skipped]],
        *,
        limit: int | None = None,
        every_s: float | None = None,
    ) -> None:
        """Run a single stream; see `run_all`. `on_crawled` and `on_failed` are the host's."""
        self.run_all([Crawl(crawl, self.on_crawled, self.on_failed)], limit=limit, every_s=every_s)

    def run_all(
        self, crawls: Sequence[Crawl], *, limit: int | None = None, every_s: float | None = None
    ) -> None:
        """Crawl once, or every so many seconds until stopped, and filter until the queue is empty.

        The streams are read one after the other. One that fails keeps no other from being read. `limit`
        counts candidates that are new to this place.

        Raises:
            BowerbirdError: the single crawl of a stream ended early, of the first such one if there are
                several. The candidates on the queue are decided first. An error that nobody foresaw is a
                CrawlError.
                Or our own store fails. When another crawl follows, the run waits for it and does not raise.
                What is not decided yet stays in the queue.
            DamagedError: a file of our own is damaged, which no further crawl mends.
        """
        feeder = _Feeder(self, crawls, limit, every_s)
        feeder.start()
        at_once = False
        try:
            self._drain(feeder, every_s)
        except KeyboardInterrupt:
            at_once = True
            raise
        finally:
            self.stop.set()
            if not at_once:
                feeder.join()
            self.ledger.flush()
        if feeder.error is not None:
            raise feeder.error

    def _drain(self, feeder: _Feeder, every_s: float | None) -> None:
        working: dict[Future[Outcome], Message] = {}
        report = _Every(_REPORT_EVERY_S, lambda: self.on_progress(self.tally, self.queue.depth()))
        flush = _Every(_FLUSH_EVERY_S, self._flush)
        beat = _Every(_BEAT_EVERY_S, self.on_beat)
        rounds = 0
        self.on_beat()
        with _workers(self.downloads) as pool:
            while True:
                self._bear_faults(every_s)
                crawled = not feeder.is_alive()  # asked first, so that the queue shows what it sent last
                idle = self.stop.is_set() or not self.is_open()
                taken = [] if idle else self.queue.receive(2 * self.downloads - len(working))
                working |= {pool.submit(self.consumer.consume, message): message for message in taken}
                if working:
                    self._settle(working)
                elif self.stop.is_set() or (crawled and self._empty()):
                    return
                else:
                    self.stop.wait(_IDLE_S)
                    rounds = self._round(rounds, feeder.rounds)
                report()
                flush()
                beat()

    def _round(self, told: int, ended: int) -> int:
        """Say that a round is over, unless that was told; returns how many rounds have been told."""
        depth = self.queue.depth() if ended > told else None
        if depth is None or depth.ready or depth.in_flight:
            return told
        self.on_round(self.tally, depth)
        return ended

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


@contextmanager
def _workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that are waited for at the end, unless Ctrl-C wants it now: a host may be slow to answer."""
    pool = ThreadPoolExecutor(count, thread_name_prefix="filter")
    wait_for_them = True
    try:
        yield pool
    except KeyboardInterrupt:
        wait_for_them = False
        logging.disable()  # what is in hand fails when the files are closed, and is done again next time
        raise
    finally:
        pool.shutdown(wait=wait_for_them, cancel_futures=not wait_for_them)


class CrawlError(BowerbirdError):
    """Says that an unforeseen exception ended a crawl."""


class _Feeder(threading.Thread):
    """Runs the crawl in a thread of its own."""

    def __init__(
        self,
        host: EmbeddedHost,
        crawls: Sequence[Crawl],
        limit: int | None,
        every_s: float | None,
    ) -> None:
        super().__init__(name="crawl", daemon=True)
        self.error: BowerbirdError | None = None
        self.rounds = 0
        self._host, self._crawls, self._left, self._every_s = host, crawls, limit, every_s

    def run(self) -> None:
        while not self._host.stop.is_set() and self._left != 0:
            try:
                for crawl in self._crawls:
                    if self._may_begin():
                        self._try(crawl)
            except DamagedError as error:
                self.error = error
                self._host.stop.set()
                return
            self.rounds += 1
            if self._every_s is None or self._host.stop.wait(self._every_s):
                return

    def _may_begin(self) -> bool:
        """Wait until the host is open; tell whether there is anything left to do then."""
        host = self._host
        if not host.stop.is_set() and not host.is_open():
            host.on_pause()
        while not host.is_open() and not host.stop.wait(_PAUSED_S):
            pass
        return not host.stop.is_set() and self._left != 0

    def _try(self, crawl: Crawl) -> None:
        try:
            self._once(crawl)
            crawl.on_crawled()
        except DamagedError:
            raise
        except BowerbirdError as error:
            self._failed(crawl, error)
        except Exception as error:  # noqa: BLE001 - a thread that dies would end the run as if all were well
            _log.info("the crawl failed", exc_info=True)
            self._failed(crawl, CrawlError(f"the crawl failed, and no one foresaw it: {_named(error)}"))

    def _failed(self, crawl: Crawl, error: BowerbirdError) -> None:
        self._host.tally.crawl_failed(str(error))
        crawl.on_failed(error)
        if self._every_s is None:
            self.error = self.error or error

    def _once(self, crawl: Crawl) -> None:
        host = self._host
        batches = enqueue(
            crawl.find(),
            host.queue,
            ledger=host.ledger,
            limit=self._left,
            in_time=lambda: not host.stop.is_set(),
            rank=likeliest([home.prior for home in host.homes if home.prior is not None]),
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
