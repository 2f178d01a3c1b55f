"""`bowerbird deliver --from PLACE --to URL`: survivors to scenery."""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bowerbird.adapters.terminal.lines import shown
from bowerbird.adapters.terminal.signals import stop_on_signal

_LOOK_EVERY_S: Final = 10.0
# A gallery that is down is asked less and less often, up to every ten minutes.
_LONGEST_WAIT_S: Final = 600.0
# Problems told of one sweep.
_TOLD: Final = 5


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "deliver",
        help="send kept pictures to the gallery, scenery",
        description="Sends kept pictures to scenery. It reads scenery's import password from "
        "BOWERBIRD_SCENERY_PASSWORD. It delivers each picture once, however often you run it.",
    )
    parser.add_argument(
        "--from", required=True, dest="place", metavar="PLACE", help="the place `mine` wrote to"
    )
    parser.add_argument("--to", required=True, metavar="URL", help="scenery's address")
    parser.add_argument("--watch", action="store_true", help="go on with new pictures, until Ctrl-C")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Deliver. The exit status is 1 when some picture must be tried again."""
    from bowerbird.adapters.place import open_store
    from bowerbird.assembly.delivering import deliverer
    from bowerbird.deliver.settings import GallerySettings
    from bowerbird.deliver.sweep import Sweep

    store = open_store(args.place, args.endpoint_url)
    stop = threading.Event()
    # When the program stops at once, its claim on the picture in hand runs out by itself.
    with stop_on_signal(stop), _progress() as report:
        sweep = Sweep(
            store, deliverer(store, args.to, GallerySettings()), on_progress=report, stopped=stop.is_set
        )
        complete = sweep.once()
        told = _tell(sweep.problems, {})
        wait = _LOOK_EVERY_S
        while args.watch and not stop.wait(wait):
            complete = sweep.once()
            told = _tell(sweep.problems, told)
            wait = _LOOK_EVERY_S if complete else min(2 * wait, _LONGEST_WAIT_S)
    print(_summary(sweep.counts) or ("nothing to deliver" if complete else "nothing was delivered"))
    if not complete:
        print("bowerbird: not all is delivered; run the same command again", file=sys.stderr)
    return 0 if complete else 1


def _tell(problems: dict[str, str], told: dict[str, str]) -> dict[str, str]:
    """Say what went wrong in a sweep: at once, and again only when it changes. Returns what was said."""
    first = dict(list(problems.items())[:_TOLD])
    for key, problem in first.items():
        if told.get(key) != problem:
            print(shown(f"bowerbird: {key}: {problem}"), file=sys.stderr)
    return first


def _summary(counts: Counter[str]) -> str:
    words = {
        "imported": "imported",
        "already": "there already",
        "similar": "similar to one there",
        "refused": "refused",
        "skipped": "skipped",
        "known": "delivered before",
    }
    return ", ".join(f"{counts[state]} {word}" for state, word in words.items() if counts[state])


@contextmanager
def _progress() -> Iterator[Callable[[Counter[str]], None]]:
    """Show a moving line on a terminal. Elsewhere the summary is enough."""
    if not sys.stderr.isatty():
        yield lambda _counts: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)
        yield lambda counts: bar.update(task, description=_summary(counts) or "looking")
