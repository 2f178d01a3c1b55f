"""`bowerbird mine --source SPEC --out PLACE`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import above_zero, positive, seconds, whole_number
from bowerbird.core.errors import UsageError
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.usual import COSTLY, KEEP_DAYS
from bowerbird.filter.shape import NOMADS, ShapeRule

if TYPE_CHECKING:
    from bowerbird.adapters.place import Place
    from bowerbird.core.post import Source
    from bowerbird.host.mine import RunOptions
    from bowerbird.host.wiring import HostOptions


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("mine", help="find pictures, judge them, keep the ones you like")
    parser.add_argument("--source", required=True, metavar="SPEC", help="the site or feed to read posts from")
    parser.add_argument(
        "--communities",
        default="",
        metavar="A+B",
        help="read only these subreddits, communities or categories",
    )
    parser.add_argument(
        "--fill-gaps",
        action="store_true",
        help="also ask, by id, for posts that earlier crawls could not read",
    )
    parser.add_argument(
        "--focus",
        action="store_true",
        help="spend spare requests on the communities that most kept pictures came from",
    )
    parser.add_argument(
        "--out", required=True, metavar="PLACE", help="where to store: a folder, or s3://bucket[/prefix]"
    )
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="stop after N new candidates")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--once", action="store_true", help="crawl once and end (the default)")
    when.add_argument(
        "--every",
        type=seconds,
        metavar="60s",
        help="go on crawling, with this time between crawls, until Ctrl-C",
    )
    parser.add_argument(
        "--bundle", default="lite", help="who judges: a bundle's name or folder (default: lite)"
    )
    parser.add_argument(
        "--scout",
        metavar="BUNDLE",
        help="a cheaper bundle that looks first (see bowerbird calibrate --scout)",
    )
    parser.add_argument(
        "--refit",
        action="store_true",
        help="once a day, hold --bundle against what this place looked at, as train --stream does",
    )
    parser.add_argument(
        "--min-area",
        type=whole_number,
        default=NOMADS.min_area,
        metavar="PIXELS",
        help="reject pictures with fewer pixels than this (default: %(default)s)",
    )
    parser.add_argument(
        "--max-wide",
        type=above_zero,
        default=NOMADS.max_wide,
        metavar="RATIO",
        help="reject pictures whose width is more than this many times their height (default: %(default)s)",
    )
    parser.add_argument(
        "--max-tall",
        type=above_zero,
        default=NOMADS.max_tall,
        metavar="RATIO",
        help="reject pictures whose height is more than this many times their width (default: %(default)s)",
    )
    parser.add_argument(
        "--reject-if",
        action="append",
        default=[],
        metavar="RULE",
        help="reject what this rule matches, although the bundle likes it: synthetic, nsfw>0.8, detail<-2.2…",
    )
    parser.add_argument(
        "--note", action="append", default=[], choices=COSTLY, help="also measure this of every kept picture"
    )
    parser.add_argument(
        "--keep-replaced",
        type=positive,
        default=KEEP_DAYS,
        metavar="DAYS",
        help=f"how long `restore` can bring back what a better copy replaced (default: {KEEP_DAYS})",
    )
    parser.add_argument(
        "--downloads",
        type=positive,
        default=DOWNLOADS,
        metavar="N",
        help=f"download up to N pictures at once (default: {DOWNLOADS})",
    )
    parser.add_argument(
        "--no-thumbnails", action="store_true", help="store no small copies of the pictures it looked at"
    )
    parser.add_argument(
        "--gateway", metavar="URL", help="send every request to this server instead (for rehearsals)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Mine. The exit status is 0 when the crawl ended well, and 3 when the source was out of reach."""
    from bowerbird.adapters.place import open_place
    from bowerbird.crawl.sources import open_source
    from bowerbird.filter.owner_rules import Asked
    from bowerbird.host.focus import focused
    from bowerbird.host.mine import RunOptions, mine, print_summary
    from bowerbird.host.wiring import HostOptions, source_context
    from bowerbird.models.bundle import find

    if args.refit and args.scout:
        raise UsageError("--refit changes the bundle's threshold, which --scout was measured for: give one")
    for name in filter(None, (args.bundle, args.scout)):
        find(name)  # A wrong name must fail before the place is made. So must a wrong source, opened below.
    open_source(args.source, source_context(args.gateway, communities=args.communities))
    place = open_place(args.out, args.endpoint_url)
    context = source_context(args.gateway, place.store, args.communities, fill_gaps=args.fill_gaps)
    source = focused(args.source, context, place.store) if args.focus else open_source(args.source, context)
    options = HostOptions(
        bundle=args.bundle,
        scout=args.scout,
        shape=ShapeRule(args.min_area, args.max_wide, args.max_tall),
        downloads=args.downloads,
        thumbnails=not args.no_thumbnails,
        gateway=args.gateway,
        asked=Asked.parse(args.reject_if, args.note),
    )
    run_options = RunOptions(limit=args.limit, every_s=args.every, keep_replaced_days=args.keep_replaced)
    if args.refit:
        _by_day(source, place, options, run_options)
        return 0
    result = mine(source, place, options, run_options)
    print_summary(result, place)
    return 0


def _by_day(source: Source, place: Place, options: HostOptions, run_options: RunOptions) -> None:
    """Mine day after day, with the bundle fitted anew before each."""
    from bowerbird.host.mine import mine, print_summary, tell
    from bowerbird.training.nightly import Nightly

    refit, left = Nightly(options.bundle, place, tell), run_options.limit
    while True:
        today = replace(run_options, limit=left, stop=Event(), by_day=run_options.every_s is not None)
        result = mine(source, place, replace(options, bundle=refit()), today)
        print_summary(result, place)
        left = None if left is None else max(0, left - result.tally.new)
        if not result.day_over or left == 0:
            return
