"""`bowerbird mine`: the main job, with clean stops and a summary."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bowerbird.adapters.place import Place
from bowerbird.adapters.terminal.lines import cell, say, shown
from bowerbird.adapters.terminal.signals import stop_on_signal
from bowerbird.core.post import Committing, Removing, Source, Telling
from bowerbird.core.usual import KEEP_DAYS
from bowerbird.core.wording import called, said
from bowerbird.crawl.hosts import turns
from bowerbird.host.counts import RunCounts
from bowerbird.host.host import EmbeddedHost
from bowerbird.host.news import News
from bowerbird.host.progress import progress
from bowerbird.host.replaced_pictures import Expiry, told_waiting
from bowerbird.host.tidying import Tidying
from bowerbird.host.wiring import HostOptions, crawl, embedded_host, http_fetcher
from bowerbird.net.pacing import troubles
from bowerbird.removal.told import purge_removed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Says how long a run lasts: `limit` new candidates, `every_s` seconds between crawls (None: one crawl).

    `stop` ends the run, also while it waits between crawls. `now` tells the time of day. Pictures that a
    better copy replaced can come back for `keep_replaced_days`.
    """

    limit: int | None = None
    every_s: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    keep_replaced_days: int = KEEP_DAYS


@dataclass(frozen=True, slots=True)
class MineResult:
    """Tells what a run did, and what it left to do.

    `hosts` counts the answers of picture hosts, for the hosts that did not always answer.
    """

    tally: RunCounts
    hosts: dict[str, dict[str, int]]
    waiting: int
    dead: list[tuple[str, str]]
    stopped: bool


def mine(source: Source, place: Place, options: HostOptions, run: RunOptions) -> MineResult:
    """Crawl a source into a place.

    Raises:
        SourceBlockedError, SourceUnreachableError: a single crawl could not read its source.
    """
    pace = turns()
    with (
        http_fetcher(options.gateway, pace) as http,
        embedded_host(place, source, options, http) as host,
        progress() as report,
        stop_on_signal(run.stop) as stopped,
    ):
        host.stop, host.on_progress = run.stop, report
        news = News(_tell, run.now)
        expiry = Expiry(place.store, run.keep_replaced_days)
        expiry()
        daily = (expiry, Tidying(place.store, host.ledger))
        host.on_crawled = lambda: _crawled(source, place, host, news, daily)
        if run.every_s is not None:
            again = f"; it is tried again every {run.every_s:g} s"
            host.on_failed = lambda error: news.failed(f"{error}{again}")
        host.run(lambda: crawl(source, http), limit=run.limit, every_s=run.every_s)
        _take_back(source, place, host)  # what was kept since it was told to be gone
        depth = host.queue.depth()
        return MineResult(
            host.tally,
            pace.take(),
            waiting=depth.ready + depth.delayed + depth.in_flight,
            dead=host.queue.dead_letters(5) if depth.dead else [],
            stopped=bool(stopped),
        )


def _crawled(
    source: Source, place: Place, host: EmbeddedHost, news: News, daily: Iterable[Callable[[], object]]
) -> None:
    """Remember that a crawl put all its candidates on the queue, and say in one line how the source is."""
    for chore in daily:
        chore()
    _take_back(source, place, host)  # before the cursor moves: a crawl that dies here is told again
    if isinstance(source, Committing):
        source.commit()
    told = source.told() if isinstance(source, Telling) else ""
    news.crawled(
        "; ".join(filter(None, (told, host.tally.unread))), host.tally.new + host.tally.skips.total()
    )


def _tell(line: str) -> None:
    print(shown(line), file=sys.stderr, flush=True)


def _take_back(source: Source, place: Place, host: EmbeddedHost) -> None:
    """Remove kept pictures when the source itself says that their posts are gone."""
    if not isinstance(source, Removing):
        return
    removed, now = source.removed(), datetime.now(UTC)
    gone = purge_removed(place.store, source.name, removed, now=now, ledger=host.ledger)
    if gone:
        reasons = ", ".join(f"{count} {reason}" for reason, count in gone.most_common())
        _tell(f"{source.name}: {gone.total()} kept pictures purged ({reasons})")


def print_summary(result: MineResult, place: Place) -> None:
    """Say what happened, on standard output."""
    from rich.console import Console  # noqa: PLC0415 - not before the first picture is judged

    tally = result.tally
    console = Console(highlight=False)
    console.print(_decisions(tally))
    if tally.skips:
        reasons = ", ".join(f"{count} {reason}" for reason, count in tally.skips.most_common())
        say(console, f"{tally.skips.total()} posts gave no candidate: {reasons}")
    if tally.already:
        console.print(f"{tally.already} candidates were known from before")
    for problem in tally.problems.values():
        often = f" ({problem.times} times)" if problem.times > 1 else ""
        say(console, f"crawl: {problem.words}{often}", style="red")
    if result.hosts:
        say(console, f"hosts in trouble: {troubles(result.hosts)}")
    _say_what_is_left(console, result)
    waiting = told_waiting(place.store)
    if waiting:
        say(console, waiting)
    say(console, f"kept {tally.kept} of {tally.judged} in {place.name}")


def _decisions(tally: RunCounts) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(title="Decisions", title_justify="left", show_footer=True, box=None, pad_edge=False)
    table.add_column("stage", footer="all")
    table.add_column("outcome")
    table.add_column("candidates", justify="right", footer=str(tally.judged))
    for (stage, outcome), count in tally.decisions.most_common():
        style = "green" if outcome == "kept" else None
        where = "" if outcome == "kept" else cell(called(stage))
        table.add_row(where, cell(said(outcome)), str(count), style=style)
    return table


def _say_what_is_left(console: Console, result: MineResult) -> None:
    if result.waiting:
        console.print(f"{result.waiting} candidates wait in the queue; run the same command again to go on")
    for id_, reason in result.dead:
        say(console, f"dead letter {id_}: {reason}")
    if result.dead:
        console.print("`bowerbird redrive` puts dead letters back")
