"""`bowerbird mine --source SPEC --out PLACE`."""

from __future__ import annotations

import argparse

from bowerbird.adapters.terminal.option_values import above_zero, positive, seconds, whole_number
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.usual import COSTLY, KEEP_DAYS
from bowerbird.filter.shape import NOMADS, ShapeRule


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("mine", help="crawl, filter and store: the main job")
    parser.add_argument("--source", required=True, metavar="SPEC", help="where posts come from")
    parser.add_argument(
        "--communities", default="", metavar="A+B", help="only these subreddits, communities or categories"
    )
    parser.add_argument(
        "--fill-gaps", action="store_true", help="ask by id for what earlier crawls could not read"
    )
    parser.add_argument(
        "--focus", action="store_true", help="spend spare requests on the communities that gave most keeps"
    )
    parser.add_argument("--out", required=True, metavar="PLACE", help="a folder, or s3://bucket[/prefix]")
    parser.add_argument("--endpoint-url", metavar="URL", help="S3 endpoint of MinIO, LocalStack…")
    parser.add_argument("--limit", type=positive, metavar="N", help="stop after N new candidates")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--once", action="store_true", help="crawl once and end (the default)")
    when.add_argument("--every", type=seconds, metavar="60s", help="crawl again and again until Ctrl-C")
    parser.add_argument("--bundle", default="lite", help="bundle name or folder (default: lite)")
    parser.add_argument("--scout", metavar="BUNDLE", help="a cheaper bundle that looks first (see calibrate)")
    parser.add_argument("--min-area", type=whole_number, default=NOMADS.min_area, metavar="PIXELS")
    parser.add_argument("--max-wide", type=above_zero, default=NOMADS.max_wide, metavar="RATIO")
    parser.add_argument("--max-tall", type=above_zero, default=NOMADS.max_tall, metavar="RATIO")
    parser.add_argument(
        "--reject-if",
        action="append",
        default=[],
        metavar="RULE",
        help="also reject survivors by what is noted of them: synthetic, nsfw>0.8, detail<-2.2…",
    )
    parser.add_argument(
        "--note", action="append", default=[], choices=COSTLY, help="measure this of survivors too"
    )
    parser.add_argument(
        "--keep-replaced",
        type=positive,
        default=KEEP_DAYS,
        metavar="DAYS",
        help=f"how long pictures that a better copy replaced can come back (default: {KEEP_DAYS})",
    )
    parser.add_argument(
        "--downloads",
        type=positive,
        default=DOWNLOADS,
        metavar="N",
        help=f"at once (default: {DOWNLOADS})",
    )
    parser.add_argument(
        "--no-thumbnails", action="store_true", help="keep no small copies of rejected pictures"
    )
    parser.add_argument(
        "--gateway", metavar="URL", help="send every request to this server instead (for rehearsals)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Mine; exit status 0 when the crawl ended well, 3 when the source was out of reach."""
    from bowerbird.adapters.place import open_place
    from bowerbird.crawl.sources import open_source
    from bowerbird.filter.owner_rules import Asked
    from bowerbird.host.focus import focused
    from bowerbird.host.mine import RunOptions, mine, print_summary
    from bowerbird.host.wiring import HostOptions, source_context
    from bowerbird.models.bundle import find

    for name in filter(None, (args.bundle, args.scout)):
        find(name)  # before a place is made for nothing; so is the source opened, which asks nothing yet
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
    result = mine(source, place, options, run_options)
    print_summary(result, place)
    return 0
