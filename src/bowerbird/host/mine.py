"""`bowerbird mine`: the main job, with clean stops and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bowerbird.adapters.place import Place
from bowerbird.adapters.terminal.lines import cell, say
from bowerbird.adapters.terminal.signals import stop_on_signal
from bowerbird.core.post import Source
from bowerbird.core.wording import called, said
from bowerbird.crawl.hosts import turns
from bowerbird.host.alive import beat, rest
from bowerbird.host.chores import Chores, tell
from bowerbird.host.counts import RunCounts
from bowerbird.host.homes import Home
from bowerbird.host.host import EmbeddedHost
from bowerbird.host.progress import finishing, progress
from bowerbird.host.replaced_pictures import told_waiting
from bowerbird.host.rounds import Rounds, RunOptions
from bowerbird.host.status import Diary, write_status
from bowerbird.host.wiring import HostOptions, http_fetcher, shared_host
from bowerbird.net.pacing import troubles

__all__ = ["MineResult", "RunOptions", "mine", "mine_all", "print_summary"]

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class MineResult:
    """Tells what a run did, and what it left to do.

    `hosts` counts the answers of picture hosts, for the hosts that did not always answer. `homes` are the
    tastes' places, with the counts of each. `stopped` by the owner it is over; `day_over` says that it ended
    because a day did.
    """

    tally: RunCounts
    hosts: dict[str, dict[str, int]]
    waiting: int
    dead: list[tuple[str, str]]
    stopped: bool
    homes: tuple[Home, ...] = ()
    day_over: bool = False


def mine(source: Source, place: Place, options: HostOptions, run: RunOptions) -> MineResult:
    """Crawl a source into a place.

    Raises:
        SourceBlockedError, SourceUnreachableError: a single crawl could not read its source.
    """
    return mine_all([source], [(place, options)], run)


def mine_all(
    sources: Sequence[Source], tastes: Sequence[tuple[Place, HostOptions]], run: RunOptions
) -> MineResult:
    """Crawl sources, and judge what they give by several tastes, each into its place.

    The first place keeps the queue. Where several sources fail, the error is the first one's; see `mine`.
    """
    pace = turns()
    with (
        http_fetcher(tastes[0][1].gateway, pace) as http,
        shared_host(tastes, sources, http) as host,
        progress() as report,
        stop_on_signal(run.stop) as stopped,
    ):
        host.stop, host.on_round = run.stop, report.round
        host.on_progress = finishing(report.progress, stopped)
        care = run.care(host.homes, lambda: bool(stopped))
        rounds = Rounds(host, http, run, care.heard)
        rounds.expire()
        crawls = [rounds.crawl(source) for source in sources]
        with _alive(host, rounds.diary), Chores(care.chores, tell).running():
            host.run_all(crawls, limit=run.limit, every_s=run.every_s)
            for source in sources:
                rounds.take_back(source)  # what was kept since it was told to be gone
        depth = host.queue.depth()
        return MineResult(
            host.tally,
            pace.take(),
            waiting=depth.ready + depth.delayed + depth.in_flight,
            dead=host.queue.dead_letters(5) if depth.dead else [],
            stopped=bool(stopped),
            homes=host.homes,
            day_over=rounds.day_over and not stopped,
        )


@contextmanager
def _alive(host: EmbeddedHost, diary: Diary) -> Iterator[None]:
    """Let `bowerbird doctor --alive` and the page know that the run lives, and how it goes."""
    folders = [home.place.state for home in host.homes]

    def say_so() -> None:
        for folder, home in zip(folders, host.homes, strict=True):
            beat(folder)
            write_status(folder, diary.status(home.counts))

    host.on_beat = say_so
    try:
        yield
    finally:
        say_so()
        for folder in folders:
            rest(folder)


def print_summary(result: MineResult, place: Place) -> None:
    """Say what happened, on standard output; of several tastes, what happened in each of their places."""
    from rich.console import Console  # noqa: PLC0415 - not before the first picture is judged

    tally = result.tally
    console = Console(highlight=False)
    several = result.homes if len(result.homes) > 1 else ()
    for home in several:
        console.print(_decisions(home.counts, f"Decisions in {cell(home.place.name)}"))
    if not several and tally.judged:
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
    for where, counts in [(home.place, home.counts) for home in several] or [(place, tally)]:
        waiting = told_waiting(where.store)
        if waiting:
            say(console, waiting)
        say(console, f"kept {counts.kept} of {counts.judged} in {where.name}")


def _decisions(tally: RunCounts, title: str = "Decisions") -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(title=title, title_justify="left", show_footer=True, box=None, pad_edge=False)
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
