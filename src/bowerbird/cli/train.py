"""`bowerbird train`: from a folder of pictures to a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from bowerbird.adapters.terminal.option_values import bundle_version, keep_rate
from bowerbird.core.errors import UsageError

_USUAL = 0.95


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("train", help="learn what you love from a folder of pictures")
    add = parser.add_argument
    add("--good", type=Path, nargs="+", default=[], metavar="DIR", help="pictures you love, at least 20")
    add("--reject", type=Path, nargs="+", default=[], metavar="DIR", help="pictures you do not; 20 help")
    add("--feedback", metavar="PLACE", help="learn from its labels; alone, on top of the bundle --encoder")
    add("--endpoint-url", metavar="URL", help="S3 endpoint of MinIO, LocalStack…")
    add("--out", type=Path, required=True, metavar="BUNDLE", help="the folder to write; names the bundle")
    add("--encoder", default="lite", metavar="NAME", help="bundle to take the networks from (default: lite)")
    add("--keep-rate", type=keep_rate, metavar="R", help=f"of unseen pictures like yours ({_USUAL})")
    add("--mixture", metavar="K:COVARIANCE", help="force a mixture alone, such as the original's 16:full")
    add("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db", metavar="FILE")
    add(
        "--bundle-version",
        type=bundle_version,
        default="1.0.0",
        metavar="X.Y.Z",
        help="recorded in every decision",
    )
    add("--created-from", metavar="TEXT", help="recorded in the manifest (default: a count)")
    add("--licence", default="unspecified", help="of the fitted model, recorded in the manifest")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Embed, fit, write, show."""
    if not args.good and (args.feedback is None or args.reject or args.mixture or args.keep_rate):
        raise UsageError(
            "give --good DIR; alone, --feedback PLACE takes no --reject, --mixture or --keep-rate"
        )
    from bowerbird.adapters.place import open_store
    from bowerbird.training.retraining import retrain
    from bowerbird.training.training import Wishes, train

    labels = None if args.feedback is None else open_store(args.feedback, args.endpoint_url)
    wishes = Wishes(
        good=tuple(args.good),
        rejects=tuple(args.reject),
        out=args.out,
        encoder=args.encoder,
        keep_rate=args.keep_rate or _USUAL,
        mixture=args.mixture,
        cache=args.cache,
        version=args.bundle_version,
        created_from=args.created_from,
        licence=args.licence,
    )
    if labels is not None and not wishes.good:
        retrain(wishes, labels)
    else:
        train(wishes, labels)
    return 0
