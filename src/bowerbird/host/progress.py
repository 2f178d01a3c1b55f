"""Shows a run's progress on standard error: a bar on a terminal, elsewhere a plain line for each round."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bowerbird.core.ports import QueueDepth
from bowerbird.host.counts import RunCounts

ShowProgress = Callable[[RunCounts, QueueDepth], None]

# A round may take hours. Its log shows that it goes on.
_LINE_EVERY_S = 300.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows a run: the host's `on_progress` and `on_round`."""

    progress: ShowProgress
    round: ShowProgress = lambda _tally, _depth: None


@contextmanager
def progress() -> Iterator[Shown]:
    """Show a run for as long as it lasts."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    # Only a terminal needs Rich. Importing it takes as long as judging the first pictures.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("mining", total=None, state="")

        def show(tally: RunCounts, depth: QueueDepth) -> None:
            waiting = depth.ready + depth.delayed + depth.in_flight
            bar.update(task, completed=tally.judged, total=tally.judged + waiting, state=_state(tally, depth))

        yield Shown(show)


def finishing(show: ShowProgress, signals: list[int]) -> ShowProgress:
    """Show as before, and say once after the first of the `signals` how much is still in hand."""
    said = False

    def told(tally: RunCounts, depth: QueueDepth) -> None:
        nonlocal said
        if signals and not said and depth.in_flight:
            said = True
            print(f"finishing {depth.in_flight}; again to stop now", file=sys.stderr, flush=True)
        show(tally, depth)

    return told


def _lines() -> Shown:
    last, said = time.monotonic(), _line(RunCounts(), QueueDepth(0, 0, 0, 0))

    def round_over(tally: RunCounts, depth: QueueDepth) -> None:
        nonlocal last, said
        line = _line(tally, depth)
        if line != said:
            last, said = time.monotonic(), line
            print(f"{datetime.now().astimezone():%H:%M:%S} {line}", file=sys.stderr, flush=True)

    def show(tally: RunCounts, depth: QueueDepth) -> None:
        if time.monotonic() - last >= _LINE_EVERY_S:
            round_over(tally, depth)

    return Shown(show, round_over)


def _line(tally: RunCounts, depth: QueueDepth) -> str:
    return f"judged {tally.judged}, {_state(tally, depth)}"


def _state(tally: RunCounts, depth: QueueDepth) -> str:
    waiting = depth.ready + depth.in_flight
    again = f", {depth.delayed} to retry" if depth.delayed else ""
    return f"kept {tally.kept}, waiting {waiting}{again}"
