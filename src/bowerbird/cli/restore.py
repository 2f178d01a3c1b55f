"""`bowerbird restore PLACE KEY…`: brings back pictures that a better copy has replaced."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.filter.replaced import Waiting


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "restore",
        help="bring back pictures that a better copy has replaced",
        description="Brings back pictures that a better copy has replaced. The better copy stays too. "
        "No copy replaces a picture again after you brought it back.",
    )
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "keys",
        nargs="*",
        default=[],  # or argparse would say that KEY is missing, too
        metavar="KEY",
        help="a picture's key, its file's name, or the beginning of its sha256",
    )
    parser.add_argument("--all", action="store_true", help="bring all of them back")
    parser.add_argument("--list", action="store_true", help="show what can come back, and do nothing")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument(
        "--ledger-table", metavar="NAME", help="the cloud's ledger, which also knows how its pictures look"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore pictures, or list them. The exit status is 1 when a picture is gone by now.

    Raises:
        UsageError: the owner names no picture, or a name fits none or several; nothing was restored.
    """
    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.filter.replaced import Replaced
    from bowerbird.host.wiring import restorer

    place = open_existing(args.place, args.endpoint_url)
    waiting = list(Replaced(place.store).waiting())
    if args.list:
        _print_list(waiting)
        return 0
    if not args.keys and not args.all:
        raise UsageError("name the pictures to bring back, or say --all; --list shows them")
    chosen = waiting if args.all else [_named(key, waiting) for key in args.keys]
    missing = 0
    with (
        restorer(place, args.ledger_table, args.endpoint_url) as restore,
        counting("bringing pictures back") as brought,
    ):
        for count, each in enumerate(dict.fromkeys(chosen)):
            brought(count, len(chosen))
            if restore(each.image):
                print(shown(f"{each.image} is back"))
            else:
                missing += 1
                print(shown(f"bowerbird: {each.image} was removed in the meantime"), file=sys.stderr)
    if not chosen:
        print("nothing waits in replaced/")
    return 1 if missing else 0


def _named(name: str, waiting: Sequence[Waiting]) -> Waiting:
    """Find the picture by its key, its path or the beginning of its sha256."""
    stem = name.replace("\\", "/").rpartition("/")[2].partition(".")[0].lower()
    found = [each for each in waiting if stem and _sha256(each).startswith(stem)]
    if not found:
        raise UsageError(f"{name}: no such picture waits in replaced/; --list shows those that do")
    if len(found) > 1:
        raise UsageError(f"{name}: {len(found)} pictures begin so; write more of the sha256")
    return found[0]


def _sha256(each: Waiting) -> str:
    return each.image.rpartition("/")[2].partition(".")[0]


def _print_list(waiting: Sequence[Waiting]) -> None:
    from bowerbird.host.replaced_pictures import told_size

    if not waiting:
        print("nothing waits in replaced/")
        return
    for each in waiting:
        since = each.since.strftime("%Y-%m-%d %H:%M") if each.since else "an unknown day"
        print(shown(f"{each.image}  {told_size(each.size)}, since {since} (UTC)"))
        better, why = each.better or "an unknown picture", each.why or "no reason is known"
        print(shown(f"    replaced by {better}: {why}"))
