"""`bowerbird train`: from a folder of pictures to a bundle."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bowerbird.errors import UsageError
from bowerbird_models.encoder import Encoder
from bowerbird_models.session import Session
from infra.local import pictures

_LEAST, _MOST = 0.5, 0.999


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("train", help="learn what you love from a folder of pictures")
    parser.add_argument(
        "--good", type=Path, nargs="+", required=True, metavar="DIR", help="pictures you love"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="BUNDLE", help="the folder to write")
    parser.add_argument(
        "--encoder", default="lite", metavar="NAME", help="bundle to take the networks from (default: lite)"
    )
    parser.add_argument(
        "--keep-rate",
        type=float,
        default=0.95,
        metavar="R",
        help="share of unseen pictures like yours to keep (default: 0.95)",
    )
    parser.add_argument(
        "--bundle-version", default="1.0.0", metavar="X.Y.Z", help="recorded in every decision"
    )
    parser.add_argument("--created-from", metavar="TEXT", help="recorded in the manifest (default: a count)")
    parser.add_argument(
        "--licence", default="unspecified", help="of the fitted model, recorded in the manifest"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Embed, fit, write."""
    if not _LEAST <= args.keep_rate <= _MOST:
        raise UsageError(f"--keep-rate is a share from {_LEAST} to {_MOST}, not {args.keep_rate}")
    try:
        from infra.local.train import embedding, fit, write  # noqa: PLC0415 - scikit-learn is an extra
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing: pip install 'bowerbird[train]'") from error
    taken = write.networks(args.encoder)
    encoder = Encoder(
        Session(taken.folder / taken.encoder.artifact.file),
        taken.encoder.preprocess.build(),
        taken.encoder.dim,
    )
    paths = pictures.find(args.good)
    cores = len(os.sched_getaffinity(0))
    with Progress(console=Console(stderr=True)) as progress:
        reading = progress.add_task("embedding", total=len(paths))
        good = embedding.embed_files(paths, encoder, cores=cores, done=lambda: progress.advance(reading))
        imitating = progress.add_task("imitating", total=len(good.paths))
        imitations, origin = embedding.embed_imitations(
            good.paths, encoder, cores=cores, seed=0, done=lambda: progress.advance(imitating)
        )
    for path, reason in good.unreadable:
        print(f"left out {path}: {reason}", file=sys.stderr)
    model = fit.fit(fit.Sample(good.vectors, imitations, origin), keep_rate=args.keep_rate)
    write.write(
        args.out,
        taken,
        model,
        version=args.bundle_version,
        chosen=f"keeps {args.keep_rate:.3g} of {len(good.paths)} pictures when held out ({fit.FOLDS} folds)",
        created_from=args.created_from or f"{len(good.paths)} pictures",
        licence=args.licence,
    )
    print(f"{args.out}: fitted on {len(good.paths)} pictures, threshold {model.threshold:.4g}")
    return 0
