"""What `mine` does around each crawl: it reads, remembers, takes back what is gone, and says how it went."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.hours import Hours
from bowerbird.core.ports import Fetcher
from bowerbird.core.post import Committing, Removing, Source, Telling
from bowerbird.core.usual import KEEP_DAYS
from bowerbird.crawl.owner_lists import NO_LISTS, OwnerLists
from bowerbird.host.chores import NO_CARE, Care
from bowerbird.host.homes import Home
from bowerbird.host.host import Crawl, EmbeddedHost
from bowerbird.host.news import News, State
from bowerbird.host.paused import is_paused
from bowerbird.host.replaced_pictures import Expiry
from bowerbird.host.status import Diary
from bowerbird.host.tidying import Tidying
from bowerbird.host.wiring import crawl
from bowerbird.removal.told import purge_removed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Says how long a run lasts: `limit` new candidates, `every_s` seconds between crawls (None: one crawl).

    `stop` ends the run, also while it waits between crawls. `now` tells the time of day. Pictures that a
    better copy replaced can come back for `keep_replaced_days`. The run pauses outside of the `hours`, and
    leaves out posts as `lists` say. With `by_day`, it also ends after the first crawl of a new day. `care`
    makes the chores of the places, once they are open; it is also told whether the owner has stopped the run.
    """

    limit: int | None = None
    every_s: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    keep_replaced_days: int = KEEP_DAYS
    hours: Hours | None = None
    lists: OwnerLists = NO_LISTS
    care: Callable[[Sequence[Home], Callable[[], bool]], Care] = lambda _homes, _stopped: NO_CARE
    by_day: bool = False


class Rounds:
    """The rounds of one run on an open host."""

    def __init__(
        self,
        host: EmbeddedHost,
        http: Fetcher,
        run: RunOptions,
        heard: Callable[[str, str, State], None] = NO_CARE.heard,
    ) -> None:
        self._host, self._http, self._run, self._heard = host, http, run, heard
        self.day_over, self._day = False, run.now().date()
        self._expiries = [Expiry(home.place.store, run.keep_replaced_days) for home in host.homes]
        self._tidying = [Tidying(home.place.store, home.ledger) for home in host.homes]
        self.diary = Diary(run.now, run.every_s, str(run.hours) if run.hours else None)
        host.is_open = lambda: not self._closed()
        host.on_pause = lambda: tell(f"{run.now():%H:%M:%S} {self._closed()}")

    def _closed(self) -> str:
        """Say why the run is to pause now; empty when it is not."""
        hours = self._run.hours
        if any(is_paused(home.place.state) for home in self._host.homes):
            return "paused: going on when somebody resumes it on the page"
        if hours is not None and not hours.hold(self._run.now()):
            return f"outside of {hours}: going on at {hours.start:%H:%M}"
        return ""

    def crawl(self, source: Source) -> Crawl:
        """Make the crawl of one source, which says how the source is when that changes."""
        news = News(tell, self._run.now, partial(self._heard, source.name))
        every_s = self._run.every_s
        self.diary.reads(source.name)

        def failed(error: Exception) -> None:
            self.diary.failed(source.name, str(error))
            if every_s is not None:  # a single crawl's error ends the run, which says so itself
                news.failed(f"{error}; it is tried again every {every_s:g} s")

        return Crawl(
            lambda: crawl(source, self._http, self._run.lists),
            lambda: self._crawled(source, news),
            failed,
        )

    def expire(self) -> None:
        """Remove replaced pictures that have waited for long enough."""
        for expiry in self._expiries:
            expiry()

    def take_back(self, source: Source) -> None:
        """Remove kept pictures when the source itself says that their posts are gone."""
        if not isinstance(source, Removing):
            return
        removed, now, homes = source.removed(), datetime.now(UTC), self._host.homes
        for home in homes:
            gone = purge_removed(home.place.store, source.name, removed, now=now, ledger=home.ledger)
            home.counts.removed(gone.total())
            if gone:
                reasons = ", ".join(f"{count} {reason}" for reason, count in gone.most_common())
                where = f" in {home.place.name}" if len(homes) > 1 else ""
                tell(f"{source.name}: {gone.total()} kept pictures purged{where} ({reasons})")

    def _crawled(self, source: Source, news: News) -> None:
        """Remember that all candidates are on the queue, and say in one line how the source is."""
        self.expire()
        for tidy in self._tidying:
            tidy()
        for home in self._host.homes:
            if home.prior is not None:
                home.prior.refit()
        self.take_back(source)  # before the cursor moves: a crawl that dies here is told again
        if isinstance(source, Committing):
            source.commit()
        told = source.told() if isinstance(source, Telling) else ""
        tally = self._host.tally
        words = "; ".join(filter(None, (told, tally.unread)))
        self.diary.crawled(source.name, words)
        news.crawled(words, tally.new + tally.skips.total())
        if self._run.by_day and self._run.now().date() != self._day:
            self.day_over = True
            self._run.stop.set()


def tell(line: str) -> None:
    """Say a line to whoever watches the run."""
    print(shown(line), file=sys.stderr, flush=True)
