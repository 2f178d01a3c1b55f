"""`bowerbird browse PLACE`: gives kept pictures names that people can read."""

from __future__ import annotations

import argparse

from bowerbird.core.errors import UsageError


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "browse",
        help="give kept pictures names that people can read; `mine` does it as it goes",
        description="Makes folders of kept pictures under names that people can read, as [browse] in "
        "bowerbird.toml says. The names are links and take no space. Deleting one deletes no picture.",
    )
    parser.add_argument("place", metavar="PLACE", help="a folder that `mine` wrote to")
    parser.add_argument(
        "--again", action="store_true", help="name all pictures anew, as after a change of the template"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Name what has no name yet, and say how many."""
    from pathlib import Path

    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.config.schema import Config
    from bowerbird.deliver.browse import Browse
    from bowerbird.deliver.naming import NameRule

    if "://" in args.place:
        raise UsageError(
            "a bucket has no names beside its keys: `deliver --to folder:DIR` writes files with names"
        )
    table = (args.configuration.config if args.configuration else Config()).browse
    place = open_existing(args.place)
    root = Path(place.name)
    browse = Browse(place.store, root, NameRule.parse(table.names), table.folder or "browse", table.xmp)
    with counting("giving names"):
        named = browse.again() if args.again else browse.refresh()
    print(f"{named} pictures named in {root / browse.folder}")
    return 0
