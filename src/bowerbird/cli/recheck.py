"""`bowerbird recheck --out PLACE`: removes pictures whose author or moderator has removed them since."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import seconds
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.removal.recheck import Recheck

#: What a hundred posts may cost. Lemmy takes one request for each post, and two for some, at thirty a minute.
REQUESTS, SECONDS = 300, 600.0


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "recheck", help="ask for kept pictures' posts again, and delete what was removed since"
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="PLACE",
        help="the place `mine` wrote to: a folder, or s3://bucket[/prefix]",
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument("--ledger-table", metavar="NAME", help="the cloud's ledger; it is redacted too")
    parser.add_argument(
        "--source", default="reddit", metavar="SPEC", help="the source to ask (default: reddit)"
    )
    parser.add_argument("--gateway", metavar="URL", help="send every request to this server instead")
    parser.add_argument(
        "--within", type=seconds, metavar="48h", help="only what was kept in this last span of time"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be removed, and remove nothing"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Recheck. The exit status is 3 when the source was blocked or out of reach, 1 when it gave no answer."""
    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.core.post import Lookup
    from bowerbird.crawl.sources import open_source
    from bowerbird.deliver.feeds import renew
    from bowerbird.host.wiring import recheck_ledger, source_context
    from bowerbird.removal.recheck import recheck

    # With a crawl's budget, every run would recheck the same few posts.
    source = open_source(
        args.source, replace(source_context(args.gateway), requests=REQUESTS, seconds=SECONDS)
    )
    if not isinstance(source, Lookup):
        raise UsageError(
            f"{args.source} cannot be asked for posts by id; "
            "say --source reddit, arctic-shift, bluesky or lemmy:INSTANCE"
        )
    now = datetime.now(UTC)
    since = now - timedelta(seconds=args.within) if args.within else None
    place = open_existing(args.out, args.endpoint_url, forget=True)
    with (
        recheck_ledger(place, args.ledger_table, args.endpoint_url) as ledger,
        counting("posts asked for again") as asked,
    ):
        result = recheck(
            place.store, source, now=now, since=since, dry_run=args.dry_run, ledger=ledger, on_asked=asked
        )
    if result.purged and not args.dry_run:
        renew(place.store)
    print(summary(result, dry_run=args.dry_run))
    return 1 if result.unanswered else 0


def summary(result: Recheck, *, dry_run: bool) -> str:
    """Sum up the recheck in one line for people and logs."""
    gone = sum(result.purged.values())
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(result.purged.items()))
    line = f"{result.shown} still shown, {gone} {'would be ' if dry_run else ''}purged"
    line += f" ({reasons})" if reasons else ""
    forgotten = f"{result.forgotten} more posts {'would be ' if dry_run else ''}taken out of the sample"
    line += f", {forgotten} of the stream" if result.forgotten else ""
    line += f", {result.unanswered} without an answer" if result.unanswered else ""
    return line + (f", {result.not_asked} from other sources" if result.not_asked else "")
