"""`bowerbird report PLACE`: shows where kept pictures come from."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import cell
from bowerbird.adapters.terminal.option_values import day
from bowerbird.core.errors import UsageError
from bowerbird.core.whole import write_whole

if TYPE_CHECKING:
    from bowerbird.core.yields import Yields

_MOST_ROWS = 10


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "report", help="show where kept pictures come from: communities, authors, hosts"
    )
    parser.add_argument("place", metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="where to write the page (default: report.html in a folder's PLACE)",
    )
    parser.add_argument("--day", type=day, metavar="YYYY-MM-DD", help="only this day, in UTC")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, and write no page")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the best of each dimension and write the page.

    Raises:
        UsageError: nothing has been decided in this place, or on this day.
    """
    from bowerbird.adapters.beforehand import file_to_write
    from bowerbird.adapters.place import open_store
    from bowerbird.adapters.terminal.counting import counting
    from bowerbird.core.plain_text import plain
    from bowerbird.core.yields import read_yields
    from bowerbird.host.replaced_pictures import told_waiting
    from bowerbird.review.report.examples import Examples
    from bowerbird.review.report.page import promised, render_page
    from bowerbird.review.sheet.places import Inside
    from bowerbird.review.sheet.summary import read_run

    store = open_store(args.place, args.endpoint_url)
    page = args.out or (Path("report.html") if "://" in args.place else Path(args.place, "report.html"))
    if not args.json:
        file_to_write(page)
    with counting("reading the decisions"):
        yields = read_yields(store, args.day)
    if not yields.total.seen:
        raise UsageError(f"{args.place}: holds no decisions{f' of {args.day}' if args.day else ''} yet")
    if args.json:
        _print_json(yields)
        return 0
    promises = promised(store, args.day)
    name = args.place.rstrip("/").rpartition("/")[2] or args.place
    examples = Examples(read_run(store, args.day), store, Inside())
    title = plain(f"Where kept pictures come from: {name}")
    write_whole(page, render_page(yields, title, promises, examples).encode())
    _print_tables(yields, [*promises, *filter(None, [told_waiting(store)])])
    print(page)
    return 0


def _print_tables(yields: Yields, lines: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    from bowerbird.core.yields import DIMENSIONS
    from bowerbird.review.report.page import reasons

    console = Console(file=sys.stdout, highlight=False)
    for dimension in DIMENSIONS[:-1]:
        table = Table(dimension, box=None, pad_edge=False)
        for heading in ("seen", "kept", "part"):
            table.add_column(heading, justify="right")
        table.add_column("rejected")
        for row in yields.by[dimension][:_MOST_ROWS]:
            table.add_row(
                cell(row.name), str(row.seen), str(row.kept), f"{row.share:.1%}", cell(reasons(row))
            )
        console.print(table, "")
    for line in lines:
        console.print(line, "", markup=False, sep="\n")


def _print_json(yields: Yields) -> None:
    from bowerbird.core.yields import DIMENSIONS

    for dimension in DIMENSIONS:
        for row in yields.by[dimension]:
            line = {
                "by": dimension,
                "name": row.name,
                "seen": row.seen,
                "kept": row.kept,
                "rejected": row.rejected,
            }
            print(json.dumps({**line, "share": round(row.share, 4), "floor": round(row.floor, 4)}))
