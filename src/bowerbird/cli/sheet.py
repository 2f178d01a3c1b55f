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
    from bowerbird.adapters.place import Place
    from bowerbird.models.bundle import Bundle
    from bowerbird.review.sheet import SheetFiles


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
    from bowerbird.models.bundle import load

    place = open_existing(args.place, args.endpoint_url)
    out = args.out or _beside(args.place)
    folder_to_write(out)
    if next(iter(place.store.keys(f"decisions/day={args.day or ''}")), None) is None:
        raise UsageError(f"{args.place}: holds no decisions{f' of {args.day}' if args.day else ''} yet")
    with counting("drawing the sheet"):
        files, fits = _draw(place, out, args, load_bundle or load)
    if not fits:
        decided = ", ".join(files.run.bundles)
        print(f"bowerbird: decided by {decided}; give it as --bundle to see its scores", file=sys.stderr)
    for path in filter(None, (files.page, files.picture, files.histogram)):
        print(path)
    return 0


def _draw(
    place: Place, out: Path, args: argparse.Namespace, load: Callable[[str], Bundle]
) -> tuple[SheetFiles, bool]:
    """Draw the sheet with the bundle that is named, or judged last, or else with one that judged this run.

    Tells also whether that bundle judged the run, so that the sheet shows its scores.
    """
    from bowerbird.host.judged_by import remembered
    from bowerbird.review.sheet import write_sheet
    from bowerbird.review.sheet.histogram import reference_of

    title = f"Contact sheet of {args.place.rstrip('/').rpartition('/')[2] or args.place}"

    def drawn(name: str) -> tuple[SheetFiles, bool]:
        reference = reference_of(load(name))
        files = write_sheet(place.store, out, reference=reference, day=args.day, title=title)
        return files, reference.fits(files.run)

    files, fits = drawn(args.bundle or remembered(place.state) or "lite")
    for label in () if args.bundle or fits else files.run.bundles:
        name = remembered(place.state, label)
        files, fits = drawn(name) if name and not fits else (files, fits)
    return files, fits


def _beside(place: str) -> Path:
    return Path("sheet") if "://" in place else Path(place).expanduser() / "sheet"
