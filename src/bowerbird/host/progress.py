"""Shows a run's progress on standard error: a bar on a terminal, elsewhere a plain line for each change."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bowerbird.core.ports import QueueDepth
from bowerbird.host.counts import RunCounts

ShowProgress = Callable[[RunCounts, QueueDepth], None]

_LINE_EVERY_S = 5.0


@contextmanager
def progress() -> Iterator[ShowProgress]:
    """Give the host its `on_progress` for as long as the run lasts."""
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

        yield show


def _lines() -> ShowProgress:
    last, said = time.monotonic(), _line(RunCounts(), QueueDepth(0, 0, 0, 0))

    def show(tally: RunCounts, depth: QueueDepth) -> None:
        nonlocal last, said
        line = _line(tally, depth)
        if line != said and time.monotonic() - last >= _LINE_EVERY_S:
            last, said = time.monotonic(), line
            print(line, file=sys.stderr, flush=True)

    return show


def _line(tally: RunCounts, depth: QueueDepth) -> str:
    return f"judged {tally.judged}, {_state(tally, depth)}"


def _state(tally: RunCounts, depth: QueueDepth) -> str:
    waiting = depth.ready + depth.in_flight
    again = f", {depth.delayed} to retry" if depth.delayed else ""
    return f"kept {tally.kept}, waiting {waiting}{again}"
