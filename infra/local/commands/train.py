"""`bowerbird train`: from a folder of pictures to a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from bowerbird.errors import UsageError

_LEAST, _MOST = 0.5, 0.999


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("train", help="learn what you love from a folder of pictures")
    add = parser.add_argument
    add("--good", type=Path, nargs="+", required=True, metavar="DIR", help="pictures you love")
    add("--reject", type=Path, nargs="+", default=[], metavar="DIR", help="pictures you do not; 20 help")
    add("--out", type=Path, required=True, metavar="BUNDLE", help="the folder to write")
    add("--encoder", default="lite", metavar="NAME", help="bundle to take the networks from (default: lite)")
    add("--keep-rate", type=keep_rate, default=0.95, metavar="R", help="of unseen pictures like yours (0.95)")
    add("--mixture", metavar="K:COVARIANCE", help="force a mixture alone, such as the original's 16:full")
    add("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db", metavar="FILE")
    add("--bundle-version", default="1.0.0", metavar="X.Y.Z", help="recorded in every decision")
    add("--created-from", metavar="TEXT", help="recorded in the manifest (default: a count)")
    add("--licence", default="unspecified", help="of the fitted model, recorded in the manifest")
    parser.set_defaults(run=run)


def keep_rate(text: str) -> float:
    """A share that makes sense as a keep rate."""
    rate = float(text)
    if not _LEAST <= rate <= _MOST:
        raise argparse.ArgumentTypeError(f"a share from {_LEAST} to {_MOST}, not {text}")
    return rate


def run(args: argparse.Namespace) -> int:
    """Embed, fit, write, show."""
    try:
        from infra.local.train.training import Wishes, train  # noqa: PLC0415 - scikit-learn is an extra
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing: pip install 'bowerbird[train]'") from error
    train(
        Wishes(
            good=tuple(args.good),
            rejects=tuple(args.reject),
            out=args.out,
            encoder=args.encoder,
            keep_rate=args.keep_rate,
            mixture=args.mixture,
            cache=args.cache,
            version=args.bundle_version,
            created_from=args.created_from,
            licence=args.licence,
        )
    )
    return 0
