"""`bowerbird sheet PLACE`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import day
from bowerbird.core.errors import UsageError

if TYPE_CHECKING:
    from bowerbird.models.bundle import Bundle


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("sheet", help="draw the contact sheet of a run: kept, rejected, and why")
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write it (default: sheet, in PLACE)"
    )
    parser.add_argument(
        "--bundle", help="show this bundle's scores beside the run's (default: the one that judged last)"
    )
    parser.add_argument("--day", type=day, metavar="YYYY-MM-DD", help="only this day, in UTC")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, load_bundle: Callable[[str], Bundle] | None = None) -> int:
    """Write the sheet and say where it is.

    Raises:
        UsageError: nothing has been decided in this place, or on this day.
    """
    from bowerbird.adapters.beforehand import folder_to_write
    from bowerbird.adapters.place import open_existing
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.host.judged_by import remembered
    from bowerbird.models.bundle import load
    from bowerbird.review.sheet import write_sheet
    from bowerbird.review.sheet.histogram import reference_of

    place = open_existing(args.place, args.endpoint_url)
    store = place.store
    out = args.out or _beside(args.place)
    folder_to_write(out)
    prefix = f"decisions/day={args.day or ''}"
    if next(iter(store.keys(prefix)), None) is None:
        raise UsageError(f"{args.place}: holds no decisions{f' of {args.day}' if args.day else ''} yet")
    reference = reference_of((load_bundle or load)(args.bundle or remembered(place.state) or "lite"))
    title = f"Contact sheet of {args.place.rstrip('/').rpartition('/')[2] or args.place}"
    with counting("drawing the sheet"):
        files = write_sheet(store, out, reference=reference, day=args.day, title=title)
    if not reference.fits(files.run):
        decided = ", ".join(files.run.bundles)
        print(f"bowerbird: decided by {decided}; give it as --bundle to see its scores", file=sys.stderr)
    for path in filter(None, (files.page, files.picture, files.histogram)):
        print(path)
    return 0


def _beside(place: str) -> Path:
    return Path("sheet") if "://" in place else Path(place).expanduser() / "sheet"
