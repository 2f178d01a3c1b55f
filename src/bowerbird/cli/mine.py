"""`bowerbird mine --source SPEC --out PLACE`, or as `bowerbird.toml` says."""

from __future__ import annotations

import argparse
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.option_values import (
    above_zero,
    days,
    names,
    positive,
    seconds,
    share,
    whole_number,
)
from bowerbird.core.limits import DOWNLOADS
from bowerbird.core.usual import COSTLY, KEEP_DAYS, LOOK, MARKS, OFF, ORDER, REJECT
from bowerbird.filter.shape import NOMADS

if TYPE_CHECKING:
    from bowerbird.host.plan import Plan
    from bowerbird.host.rounds import RunOptions


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("mine", help="find pictures, judge them, keep the ones you like")
    parser.add_argument(
        "--source",
        metavar="SPEC",
        help="where to read posts: bluesky, lemmy:lemmy.world, feed:URL, folder:DIR… (docs/sources.md)",
    )
    parser.add_argument(
        "--communities",
        type=names,
        metavar="A+B",
        help="read only these subreddits, communities or categories",
    )
    parser.add_argument(
        "--fill-gaps",
        action="store_true",
        default=None,
        help="also ask, by id, for posts that earlier crawls could not read",
    )
    parser.add_argument(
        "--focus",
        action="store_true",
        default=None,
        help="spend spare requests on the communities that most kept pictures came from",
    )
    parser.add_argument("--out", metavar="PLACE", help="where to store: a folder, or s3://bucket[/prefix]")
    parser.add_argument(
        "--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="stop after N new candidates")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--once", action="store_true", default=None, help="crawl once and end (the default)")
    when.add_argument(
        "--every",
        type=seconds,
        metavar="60s",
        help="go on crawling, with this time between crawls, until Ctrl-C",
    )
    parser.add_argument("--bundle", help="who judges: a bundle's name or folder (default: lite)")
    parser.add_argument(
        "--scout",
        metavar="BUNDLE",
        help="a cheaper bundle that looks first (see bowerbird calibrate --scout)",
    )
    parser.add_argument(
        "--refit",
        action="store_true",
        default=None,
        help="once a day, hold --bundle against what this place looked at, as train --stream does",
    )
    parser.add_argument(
        "--prior",
        choices=(OFF, ORDER, REJECT),
        help="what to make of posts that hardly ever bring a picture you keep: turn them down unseen, once "
        "your decisions show that hardly anything is lost (reject, the default), look at them last (order)",
    )
    parser.add_argument(
        "--look",
        type=share,
        metavar="SHARE",
        help=f"of the posts that --prior turns down, look at this share all the same (default: {LOOK})",
    )
    parser.add_argument(
        "--min-area",
        type=whole_number,
        metavar="PIXELS",
        help=f"reject pictures with fewer pixels than this (default: {NOMADS.min_area})",
    )
    parser.add_argument(
        "--max-wide",
        type=above_zero,
        metavar="RATIO",
        help="reject pictures whose width is more than this many times their height "
        f"(default: {NOMADS.max_wide:g})",
    )
    parser.add_argument(
        "--max-tall",
        type=above_zero,
        metavar="RATIO",
        help="reject pictures whose height is more than this many times their width "
        f"(default: {NOMADS.max_tall:g})",
    )
    parser.add_argument(
        "--reject-if",
        action="append",
        metavar="RULE",
        help="reject what this rule matches, although the bundle likes it: synthetic, nsfw>0.8, detail<-2.2…",
    )
    parser.add_argument(
        "--watermark",
        choices=MARKS,
        help="what a watermark means: reject the picture, note it, or off: look for none (default: reject)",
    )
    parser.add_argument(
        "--note", action="append", choices=COSTLY, help="also measure this of every kept picture"
    )
    parser.add_argument(
        "--keep-replaced",
        type=days,
        metavar="DAYS",
        help=f"how long `restore` can bring back what a better copy replaced (default: {KEEP_DAYS})",
    )
    parser.add_argument(
        "--downloads",
        type=positive,
        metavar="N",
        help=f"download up to N pictures at once (default: {DOWNLOADS})",
    )
    parser.add_argument(
        "--no-thumbnails",
        action="store_false",
        default=None,
        dest="thumbnails",
        help="store no small copies of the pictures it looked at",
    )
    parser.add_argument(
        "--gateway", metavar="URL", help="send every request to this server instead (for rehearsals)"
    )
    parser.set_defaults(run=run, configured=True)


def run(args: argparse.Namespace) -> int:
    """Mine. The exit status is 0 when the crawl ended well, and 3 when the source was out of reach."""
    from bowerbird.host.memory import spare_memory

    spare_memory()  # first: numpy, which the others import, reads what it sets

    from functools import partial

    from bowerbird.config.flags import with_flags
    from bowerbird.config.schema import Config
    from bowerbird.core.hours import Hours
    from bowerbird.host.caring import care
    from bowerbird.host.mine import RunOptions, mine_all, print_summary
    from bowerbird.host.plan import planned

    file = args.configuration
    config = with_flags(file.config if file else Config(), vars(args))
    plan = planned(config, args.gateway)
    run_options = RunOptions(
        limit=args.limit,
        every_s=config.every,
        keep_replaced_days=config.keep_replaced,
        hours=Hours.parse(config.hours) if config.hours else None,
        lists=config.lists(),
        care=partial(care, config),
    )
    if any(plan.refits):
        _day_by_day(plan, run_options)
        return 0
    result = mine_all(plan.sources, plan.tastes, run_options)
    print_summary(result, plan.tastes[0][0])
    return 0


def _day_by_day(plan: Plan, run_options: RunOptions) -> None:
    """Mine day after day, with bundles fitted anew before each."""
    from bowerbird.host.mine import mine_all, print_summary
    from bowerbird.host.rounds import tell
    from bowerbird.training.nightly import Nightly

    nightly = [
        Nightly(options.bundle, place, tell) if refit else None
        for (place, options), refit in zip(plan.tastes, plan.refits, strict=True)
    ]
    left = run_options.limit
    while True:
        tastes = [
            (place, replace(options, bundle=refit()) if refit else options)
            for (place, options), refit in zip(plan.tastes, nightly, strict=True)
        ]
        today = replace(run_options, limit=left, stop=Event(), by_day=run_options.every_s is not None)
        result = mine_all(plan.sources, tastes, today)
        print_summary(result, tastes[0][0])
        left = None if left is None else max(0, left - result.tally.new)
        if not result.day_over or left == 0:
            return
