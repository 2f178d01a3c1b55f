"""`bowerbird redrive`: puts dead letters back on the queue, on this machine or in the cloud."""

from __future__ import annotations

import argparse

from bowerbird.core.errors import UsageError


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("redrive", help="try again what failed too often (dead letters)")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--out", metavar="PLACE", help="the place of the run that they failed in")
    whose.add_argument("--queue", metavar="URL", help="the SQS queue that they came from")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own AWS server (MinIO, LocalStack…)"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Redrive the embedded queue of a place, or a queue of SQS."""
    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.sqlite.queue import SqliteQueue
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.host.state_files import QUEUE
    from bowerbird.host.wiring import cloud_queue

    if args.queue:
        if not args.queue.startswith(("http://", "https://")):
            raise UsageError(f"--queue {args.queue}: give the queue's URL, as SQS shows it")
        with counting("putting dead letters back"):
            moved = cloud_queue(args.queue, args.endpoint_url).redrive()
    else:
        queue = SqliteQueue(open_existing(args.out, args.endpoint_url).state / QUEUE)
        try:
            moved = queue.redrive()
        finally:
            queue.close()
    print(f"{moved} dead letters are back on the queue")
    return 0
