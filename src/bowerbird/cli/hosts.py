"""`bowerbird hosts URL... --json`: says which host rule knows a link, without the network."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from bowerbird.adapters.terminal.lines import cell

if TYPE_CHECKING:
    from bowerbird.crawl.hosts import Hosts


class Row(TypedDict):
    """Describes a link. Host, kind and id are null when no rule knows the link."""

    url: str
    host: str | None
    kind: str | None
    id: str | None


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "hosts", help="say what each link is: whose, and which picture; asks nobody"
    )
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one row a link, in the order given."""
    from bowerbird.crawl.hosts import Hosts

    hosts = Hosts.found()
    rows = [look(hosts, url) for url in args.urls]
    if args.json:
        for row in rows:
            print(json.dumps(row))
    else:
        _print_table(rows)
    return 0


def _print_table(rows: Sequence[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("host", "kind", "id", "link", box=None)
    for row in rows:
        table.add_row(
            row["host"] or "-",
            row["kind"] or "-",
            cell(row["id"] or "-"),
            cell(row["url"]),
        )
    Console().print(table)


def look(hosts: Hosts, url: str) -> Row:
    """Make the row for one link."""
    match = hosts.match(url)
    if match is None:
        return Row(url=url, host=None, kind=None, id=None)
    return Row(url=url, host=match.host, kind=match.kind, id=match.id)
