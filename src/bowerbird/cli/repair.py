"""`bowerbird repair PLACE`: rebuilds damaged files from the sound ones."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from bowerbird.adapters.terminal.lines import shown


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "repair",
        help="rebuild a damaged queue, ledger or index of a place",
        description="Looks at the queue, the ledger, the index of likenesses, sidecars, labels and cursors, "
        "and rebuilds what is damaged from what is not. It keeps a damaged file beside the new one, as "
        "FILE.broken-TIME, and a damaged object of the place as broken/KEY.broken-TIME.",
    )
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Mend the place, and say what was found, rebuilt and lost."""
    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.host.repair.repair import repair

    place = open_existing(args.place, args.endpoint_url)
    sound = True
    with counting("looking at the place's files") as looked:
        for count, finding in enumerate(repair(place, now=datetime.now(UTC), dry_run=args.dry_run), 1):
            sound = sound and finding.sound
            print(shown(f"{finding.name}: {finding.told}"), flush=True)
            looked(count, 0)
    if sound:
        print("nothing had to be repaired")
    elif not args.dry_run:
        print("run `bowerbird mine` as before to go on")
    return 0
