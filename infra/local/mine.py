"""`bowerbird mine`: the main job, with clean stops and a summary."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

from rich.console import Console
from rich.table import Table

from bowerbird.net import HostTurns
from bowerbird.net.hosts import troubles
from functions.crawl.post import Committing, Removing, Source, Telling
from functions.crawl.removal import purge_removed
from infra.local.bootstrap import HostOptions, crawl, embedded_host, http_fetcher
from infra.local.host import Host
from infra.local.place import Place
from infra.local.progress import progress
from infra.local.tally import Tally


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How long a run lasts: `limit` in new candidates, `every_s` in seconds between crawls (None: once)."""

    limit: int | None = None
    every_s: float | None = None


@dataclass(frozen=True, slots=True)
class MineResult:
    """What a run did, and what it left.

    `hosts` counts what hosts of pictures answered, for those that did not only answer.
    """

    tally: Tally
    hosts: dict[str, dict[str, int]]
    waiting: int
    dead: list[tuple[str, str]]
    stopped: bool


def mine(source: Source, place: Place, options: HostOptions, run: RunOptions) -> MineResult:
    """Crawl a source into a place.

    Raises:
        SourceBlockedError, SourceUnreachableError: a single crawl got nowhere.
    """
    turns = HostTurns()
    with (
        http_fetcher(options.gateway, turns) as http,
        embedded_host(place, source, options, http) as host,
        progress() as report,
        _stop_on_signal(host) as stopped,
    ):
        host.on_progress = report
        host.on_crawled = lambda: _crawled(source, place, host)
        host.run(lambda: crawl(source, http), limit=run.limit, every_s=run.every_s)
        _take_back(source, place, host)  # what was kept since it was told to be gone
        depth = host.queue.depth()
        return MineResult(
            host.tally,
            turns.take(),
            waiting=depth.ready + depth.delayed + depth.in_flight,
            dead=host.queue.dead_letters(5) if depth.dead else [],
            stopped=bool(stopped),
        )


def _crawled(source: Source, place: Place, host: Host) -> None:
    """All that a crawl gave is on the queue: remember it, and say in one line how the source is."""
    _take_back(source, place, host)  # before the cursor moves, so that a crawl that dies here is told again
    if isinstance(source, Committing):
        source.commit()
    if isinstance(source, Telling):
        print(source.told(), file=sys.stderr, flush=True)


def _take_back(source: Source, place: Place, host: Host) -> None:
    """Purge what was kept and is gone by now, where the source tells so by itself."""
    if not isinstance(source, Removing):
        return
    removed, now = source.removed(), datetime.now(UTC)
    gone = purge_removed(place.store, source.name, removed, now=now, ledger=host.ledger)
    if gone:
        reasons = ", ".join(f"{count} {reason}" for reason, count in gone.most_common())
        print(f"{source.name}: {gone.total()} kept pictures purged ({reasons})", file=sys.stderr, flush=True)


def print_summary(result: MineResult, place: Place) -> None:
    """Say what happened, on standard output."""
    tally = result.tally
    table = Table(title="Decisions", title_justify="left", show_footer=True, box=None, pad_edge=False)
    table.add_column("stage", footer="all")
    table.add_column("outcome")
    table.add_column("candidates", justify="right", footer=str(tally.judged))
    for (stage, outcome), count in tally.decisions.most_common():
        style = "green" if outcome == "kept" else None
        table.add_row("" if outcome == "kept" else stage, outcome, str(count), style=style)
    console = Console(highlight=False)
    console.print(table)
    if tally.skips:
        reasons = ", ".join(f"{count} {reason}" for reason, count in tally.skips.most_common())
        console.print(f"{tally.skips.total()} posts gave no candidate: {reasons}")
    if tally.already:
        console.print(f"{tally.already} candidates were known from before")
    for problem in tally.problems:
        console.print(f"[red]crawl:[/red] {problem}", markup=True)
    if result.hosts:
        console.print(f"hosts in trouble: {troubles(result.hosts)}", markup=False)
    if result.waiting:
        console.print(f"{result.waiting} candidates wait in the queue; run the same command again to go on")
    for id_, reason in result.dead:
        console.print(f"dead letter {id_}: {reason}", markup=False)
    if result.dead:
        console.print("`bowerbird redrive` puts dead letters back")
    console.print(f"kept {tally.kept} of {tally.judged} in {place.name}")


@contextmanager
def _stop_on_signal(host: Host) -> Iterator[list[int]]:
    """First Ctrl-C (or TERM): finish what is in hand. Second: stop now; the queue remembers."""
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        host.stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
