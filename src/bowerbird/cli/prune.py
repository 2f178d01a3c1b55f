"""`bowerbird prune PLACE`: makes room; what you labelled *keep* stays."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import days, percent, size
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.host.pruning import Pruning
    from bowerbird.removal.bounds import Bounds


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "prune",
        help="make room in a place; shows what would go, and removes it with --yes",
        description="Removes kept pictures that are too old, match too little, or are too many. What you "
        "labelled keep stays. What goes is not mined again, and pictures that were delivered stay where "
        "they went. The bounds are those of [space] in bowerbird.toml, or these options.",
    )
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument("--max-size", type=size, metavar="SIZE", help="how much all pictures may take: 50GB")
    parser.add_argument(
        "--max-age", type=days, metavar="DAYS", help="remove what was kept longer ago: 90d, 2y"
    )
    parser.add_argument(
        "--min-percentile", type=percent, metavar="N", help="remove what matches the taste less than this"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="only show what would go (the default)")
    what.add_argument("--yes", action="store_true", help="remove it")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Show what would go, or remove it."""
    from datetime import UTC, datetime

    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.deliver.feeds import renew
    from bowerbird.host.pruning import plan, prune

    bounds = _bounds(args)
    place = open_existing(args.place, args.endpoint_url)
    now = datetime.now(UTC)
    with counting("looking at kept pictures") as looked:
        found = plan(place.store, bounds, now, looked)
    if args.yes:
        with counting("removing") as removed:
            prune(place.store, found, now, removed)
        renew(place.store)
    _tell(found, removed=args.yes)
    return 0


def _bounds(args: argparse.Namespace) -> Bounds:
    """The options, or else what the configuration says.

    Raises:
        UsageError: nobody says what is too much.
    """
    from bowerbird.removal.bounds import Bounds

    given = Bounds(args.max_size, args.max_age, args.min_percentile)
    bounds = given or (args.configuration.config.space.bounds() if args.configuration else given)
    if not bounds:
        raise UsageError(
            "say what is too much: --max-size 50GB, --max-age 2y or --min-percentile 20, "
            "or write it under [space] in bowerbird.toml"
        )
    return bounds


def _tell(found: Pruning, *, removed: bool) -> None:
    from bowerbird.host.replaced_pictures import told_size

    print(f"{found.pictures} kept pictures, {told_size(found.bytes)} with those that were replaced")
    verb = "removed" if removed else "would be removed"
    for why, count in Counter(why for _, why in found.gone).most_common():
        print(f"{count} {verb}: {why}")
    if found.replaced:
        print(f"{len(found.replaced)} {verb} from replaced/: over the size")
    if found.safe:
        print(f"{found.safe} stay all the same: you labelled them keep, or they wait to be delivered")
    if not found.gone and not found.replaced:
        print("nothing has to go")
    else:
        print(f"{told_size(found.freed)} {'are free now' if removed else 'would be free; say --yes'}")
