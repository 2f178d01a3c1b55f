"""`bowerbird candidates --source SPEC --json`: crawl only, and say what would be judged."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import cell, shown
from bowerbird.adapters.terminal.option_values import positive
from bowerbird.core.json_text import parsed

if TYPE_CHECKING:
    from bowerbird.core.messages import Candidate
    from bowerbird.crawl.crawler import Skipped


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("candidates", help="only find pictures: print one candidate a line")
    parser.add_argument(
        "--source",
        required=True,
        metavar="SPEC",
        help="where to read posts: bluesky, lemmy:lemmy.world, feed:URL, folder:DIR… (docs/sources.md)",
    )
    parser.add_argument(
        "--communities",
        default="",
        metavar="A+B",
        help="read only these subreddits, communities or categories",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--skipped", action="store_true", help="also say which posts gave no candidate, and why"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="stop after N candidates")
    parser.add_argument("--gateway", metavar="URL", help="send every request to this server instead")
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Print each candidate as it is found; at the end, print the counts on standard error."""
    from bowerbird.core.post import Telling
    from bowerbird.crawl.crawler import Skipped
    from bowerbird.crawl.hosts import turns
    from bowerbird.crawl.owner_lists import NO_LISTS
    from bowerbird.crawl.rules import counted_as
    from bowerbird.crawl.sources import open_source
    from bowerbird.host.wiring import crawler, http_fetcher, source_context
    from bowerbird.net.pacing import troubles

    source = open_source(args.source, source_context(args.gateway, communities=args.communities))
    counts: Counter[tuple[str, str]] = Counter()
    pace = turns()
    http = http_fetcher(args.gateway, pace)
    lists = args.configuration.config.lists() if args.configuration else NO_LISTS
    for found in _limited(crawler(http, lists).crawl(source), args.limit):
        if isinstance(found, Skipped):
            counts["skipped", counted_as(found.reason)] += 1
            if args.skipped:
                _print_skipped(found, as_json=args.json)
        else:
            counts["candidate", found.host or "-"] += 1
            print(_line(found) if args.json else shown(f"{found.id}  {found.urls[0]}"))
    _print_counts(counts)
    hosts = troubles(pace.take())
    if hosts:
        print(shown(f"hosts in trouble: {hosts}"), file=sys.stderr)
    if isinstance(source, Telling) and source.told():
        print(shown(source.told()), file=sys.stderr)
    return 0


def _print_counts(counts: Counter[tuple[str, str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("result", "host or reason", "count", box=None)
    for (result, word), count in counts.most_common():
        table.add_row(result, cell(word), str(count))
    Console(file=sys.stderr).print(table)


def _limited(found: Iterator[Candidate | Skipped], limit: int | None) -> Iterator[Candidate | Skipped]:
    from bowerbird.core.messages import Candidate

    if limit is None:
        yield from found
        return
    for each in found:
        limit -= isinstance(each, Candidate)
        yield each
        if limit <= 0:
            return


def _line(candidate: Candidate) -> str:
    from bowerbird.core.messages import encode_candidate

    message = parsed(encode_candidate(candidate))
    return json.dumps({"version": message["version"], **message["candidate"]})


def _print_skipped(skipped: Skipped, *, as_json: bool) -> None:
    line = {"submission": skipped.submission, "skipped": str(skipped.reason)}
    text = json.dumps(line) if as_json else shown(f"{skipped.submission}  skipped: {skipped.reason}")
    print(text)
