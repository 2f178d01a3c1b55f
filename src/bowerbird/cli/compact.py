"""`bowerbird compact PLACE`: makes the decisions of a place small."""

from __future__ import annotations

import argparse


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "compact",
        help="make a place's decisions small; `mine` does it once a day",
        description="Turns the decision files of finished days into one compressed file a day, and shrinks "
        "the ledger. Nothing is lost: every command reads both forms, and `zcat` shows the lines. A miner "
        "may run meanwhile.",
    )
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compact, and say what it brought."""
    from contextlib import closing
    from datetime import UTC, datetime

    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.sqlite.ledger import SqliteLedger
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.host.replaced_pictures import told_size
    from bowerbird.host.state_files import LEDGER, check_whole
    from bowerbird.host.tidying import tidy

    place = open_existing(args.place, args.endpoint_url)
    check_whole(place)
    path = place.state / LEDGER
    before, days = (path.stat().st_size if path.exists() else 0), 0
    with closing(SqliteLedger(path, place.store)) as ledger, counting("days made small") as counted:
        for each in tidy(place.store, ledger, datetime.now(UTC).date()):
            days += 1
            before_after = f"{told_size(each.before)}, became one of {told_size(each.after)}"
            print(f"{each.day}: {each.files} files, {before_after}", flush=True)
            counted(days, 0)
        ledger.shrink()
    if not days:
        print("all finished days are compact; today's and yesterday's decisions stay as they are")
    print(f"the ledger: {told_size(before)}, now {told_size(path.stat().st_size)}")
    return 0
