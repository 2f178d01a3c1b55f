"""Shows how far a long command is: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

#: Takes how much is done, and of how much; 0: nobody knows.
Advance = Callable[[int, int], None]

_LINE_EVERY_S: Final = 30.0


@contextmanager
def counting(what: str) -> Iterator[Advance]:
    """Show on standard error `what` is done, for as long as the block lasts; give what takes the counts.

    Elsewhere than on a terminal, only counts are worth a line, and only every half minute.
    """
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20))
    with Progress(
        *columns,
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # lines that are printed meanwhile stand above it
    ) as bar:
        task = bar.add_task(what, total=None, count="")
        yield lambda done, of: bar.update(task, completed=done, total=of or None, count=_count(done, of))


def _count(done: int, of: int) -> str:
    return f"{done:,} of {of:,}" if of else f"{done:,}"


def _lines(what: str, now: Callable[[], float] = time.monotonic) -> Advance:
    last = now()

    def advance(done: int, of: int) -> None:
        nonlocal last
        if now() - last >= _LINE_EVERY_S:
            last = now()
            sys.stderr.write(f"{what}: {_count(done, of)}\n")
            sys.stderr.flush()

    return advance
