"""`bowerbird deliver --from PLACE --to GALLERY`: survivors to a gallery."""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bowerbird.adapters.terminal.lines import shown
from bowerbird.adapters.terminal.signals import stop_on_signal
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.config.deliver import Delivery
    from bowerbird.deliver.sweep import Sweep

_LOOK_EVERY_S: Final = 10.0
# A gallery that is down is asked less and less often, up to every ten minutes.
_LONGEST_WAIT_S: Final = 600.0
# Problems told of one sweep.
_TOLD: Final = 5


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "deliver",
        help="send kept pictures to a gallery: scenery, Immich, PhotoPrism, Hydrus, a folder, a webhook",
        description="Sends kept pictures to a gallery, each once, however often you run it. Without options "
        "it does what [[deliver]] in bowerbird.toml says, which `mine` does by itself. Passwords and keys "
        "come from the environment: scenery's from BOWERBIRD_SCENERY_PASSWORD, Immich's from "
        "BOWERBIRD_IMMICH_API_KEY; docs/deliver.md names the others.",
    )
    parser.add_argument("--from", dest="place", metavar="PLACE", help="the place `mine` wrote to")
    parser.add_argument(
        "--to",
        metavar="GALLERY",
        help="immich:URL, photoprism:URL, hydrus:URL, folder:DIR, webhook:URL, scenery:URL or only URL",
    )
    parser.add_argument("--watch", action="store_true", help="go on with new pictures, until Ctrl-C")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Deliver. The exit status is 1 when some picture must be tried again."""
    stop = threading.Event()
    # When the program stops at once, its claim on the picture in hand runs out by itself.
    with stop_on_signal(stop), _progress() as report:
        sweeps = _sweeps(args, report, stop)
        told: dict[str, str] = {}
        wait = _LOOK_EVERY_S
        while True:
            ended = [sweep.once() for sweep in sweeps]
            complete = all(ended)
            told = _tell(dict(each for sweep in sweeps for each in sweep.problems.items()), told)
            wait = _LOOK_EVERY_S if complete else min(2 * wait, _LONGEST_WAIT_S)
            if not args.watch or stop.wait(max(wait, *(sweep.wait_s for sweep in sweeps))):
                break
    counts = sum((sweep.counts for sweep in sweeps), Counter[str]())
    print(_summary(counts) or ("nothing to deliver" if complete else "nothing was delivered"))
    if not complete:
        print("bowerbird: not all is delivered; run the same command again", file=sys.stderr)
    return 0 if complete else 1


def _sweeps(
    args: argparse.Namespace, report: Callable[[Counter[str]], None], stop: threading.Event
) -> list[Sweep]:
    """What goes where.

    Raises:
        UsageError: nobody says so.
    """
    from bowerbird.adapters.place import open_store
    from bowerbird.assembly.delivering import deliverer
    from bowerbird.deliver.sweep import Sweep

    config = args.configuration.config if args.configuration else None
    tastes = config.taste if config else ()
    places = (
        {args.place: args.endpoint_url} if args.place else {each.place: each.endpoint_url for each in tastes}
    )
    goals = [_goal(args.to)] if args.to else list(config.deliver) if config else []
    if not places or not goals:
        missing = [flag for flag, found in (("--from", places), ("--to", goals)) if not found]
        raise UsageError(
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing; give "
            f"{'them' if len(missing) > 1 else 'it'}, "
            "or write [[deliver]] into bowerbird.toml"
        )
    found = []
    for place, endpoint_url in places.items():
        store = open_store(place, endpoint_url)
        wanted = [each for each in goals if args.place or not each.places or place in each.places]
        for goal in wanted:
            made = deliverer(store, goal.to, goal.settings())
            found.append(Sweep(store, made, on_progress=report, stopped=stop.is_set))
    return found


def _goal(to: str) -> Delivery:
    from pydantic import ValidationError

    from bowerbird.config.deliver import Delivery

    try:
        return Delivery(to=to)
    except ValidationError as error:
        raise UsageError(str(error.errors()[0]["ctx"]["error"])) from None


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
