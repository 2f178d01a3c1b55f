"""`bowerbird redrive`: dead letters back to the queue."""

from __future__ import annotations

import argparse

from bowerbird.adapters.sqlite.queue import SqliteQueue
from infra.local.place import open_place


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("redrive", help="put dead letters back on the queue")
    parser.add_argument("--out", required=True, metavar="PLACE", help="the place of the run that left them")
    parser.add_argument("--endpoint-url", metavar="URL", help="S3 endpoint of MinIO, LocalStack…")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Redrive the embedded queue of a place."""
    queue = SqliteQueue(open_place(args.out, args.endpoint_url).state / "queue.db")
    print(f"{queue.redrive()} dead letters are back on the queue")
    queue.close()
    return 0
