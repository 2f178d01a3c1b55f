"""`bowerbird train`: makes a bundle from a folder of pictures."""

from __future__ import annotations

import argparse
from pathlib import Path

from bowerbird.adapters.terminal.option_values import bundle_version, keep_rate
from bowerbird.core.errors import UsageError
from bowerbird.core.usual import MARKS

_USUAL = 0.95


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "train", help="make a bundle that knows what you love, from folders of pictures"
    )
    add = parser.add_argument
    add("--good", type=Path, nargs="+", default=[], metavar="DIR", help="pictures you love, at least 20")
    add(
        "--reject",
        type=Path,
        nargs="+",
        default=[],
        metavar="DIR",
        help="pictures you do not love; from 20 on they help",
    )
    add(
        "--background",
        metavar="DIR",
        help="ordinary pictures to compare yours with, a few hundred or more; nobody needs to judge them"
        " (default: those that come with --encoder; none: compare with none)",
    )
    add(
        "--feedback",
        metavar="PLACE",
        help="learn from this place's labels; without --good they correct --encoder",
    )
    add(
        "--stream",
        metavar="PLACE",
        help="hold your pictures against what `mine` looked at in this place; without --good, for --encoder",
    )
    add("--endpoint-url", metavar="URL", help="address of your own S3 server (MinIO, LocalStack…)")
    add(
        "--out",
        type=Path,
        required=True,
        metavar="BUNDLE",
        help="the folder to write; its name is the bundle's",
    )
    add(
        "--encoder",
        metavar="NAME",
        help="the bundle whose networks look at pictures (default: lite; with --feedback or --stream alone"
        " the one that judged in PLACE last)",
    )
    add(
        "--scout",
        metavar="NAME",
        help="also measure how far this cheaper bundle may look first, as `calibrate --scout` does",
    )
    add(
        "--keep-rate",
        type=keep_rate,
        metavar="R",
        help=f"share of new pictures like yours to keep (default: {_USUAL})",
    )
    add(
        "--mixture",
        metavar="K:COVARIANCE",
        help="try no other model than this mixture, such as the original's 16:full",
    )
    add(
        "--watermark",
        choices=MARKS,
        default="reject",
        help="what a watermark means to the bundle: reject the picture, note it, or off (default: reject)",
    )
    add(
        "--cache",
        type=Path,
        default=Path.home() / ".cache/bowerbird/embeddings.db",
        metavar="FILE",
        help="remembers what the networks saw, for the next training (default: %(default)s)",
    )
    add(
        "--bundle-version",
        type=bundle_version,
        default="1.0.0",
        metavar="X.Y.Z",
        help="the bundle's version, noted in every decision (default: %(default)s)",
    )
    add(
        "--created-from", metavar="TEXT", help="what it learnt from, noted in the manifest (default: a count)"
    )
    add("--licence", default="unspecified", help="the new model's licence, noted in the manifest")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at the pictures, fit a model to them, write the bundle, and show how good it is."""
    teach = args.feedback is not None or args.stream is not None
    if not args.good and (not teach or _needs_good(args)):
        raise UsageError(
            "give --good DIR; alone, --feedback PLACE and --stream PLACE take no --reject, --background,"
            " --mixture, --keep-rate or --scout"
        )
    if args.background is not None and args.stream is not None:
        raise UsageError("--stream is the background: leave --background out, or --stream")
    from bowerbird.adapters.place import open_existing
    from bowerbird.host.judged_by import remembered
    from bowerbird.models.bundle import load
    from bowerbird.training import scouting
    from bowerbird.training.retraining import retrain
    from bowerbird.training.training import Wishes, train

    labels = None if args.feedback is None else open_existing(args.feedback, args.endpoint_url)
    stream = None if args.stream is None else open_existing(args.stream, args.endpoint_url)
    judged = None if args.good else labels or stream
    encoder = args.encoder or (judged and remembered(judged.state)) or "lite"
    wishes = Wishes(
        good=tuple(args.good),
        rejects=tuple(args.reject),
        background=args.background,
        out=args.out,
        encoder=encoder,
        keep_rate=args.keep_rate or _USUAL,
        mixture=args.mixture,
        cache=args.cache,
        version=args.bundle_version,
        created_from=args.created_from,
        licence=args.licence,
        watermark=args.watermark,
    )
    if not wishes.good:
        retrain(wishes, labels.store if labels else None, stream)
        return 0
    scout = None if args.scout is None else load(args.scout)
    train(wishes, labels.store if labels else None, stream)
    if scout is not None:
        print(scouting.calibrate(load(wishes.out.resolve()), scout, wishes.good, wishes.out))
    return 0


def _needs_good(args: argparse.Namespace) -> bool:
    return bool(args.reject or args.background or args.mixture or args.keep_rate or args.scout)
