r"""Rebuilds lite's taste, on the networks and the background of a bundle.

    .venv/bin/python -m layers.models.workshop.rebuild_lite --large MORE --kinds MORE_kinds.tsv \
        --small SMALL --rejects REST_MORE --previews FRESH --bundle lite --version 1.6.2 --out out

It gathers what to learn from and trains twice: a first model says which small photographs are scenery. It
takes the bundle's network of glances along, and measures on `--previews` how far small copies can be trusted.
That gives the bundle its next version. `--previews` may hold pictures that were learnt from, but the model is
too sure of those.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from bowerbird.cli.main import main as bowerbird
from bowerbird.models import bundle as bundles
from layers.models.workshop import gather_lite
from layers.models.workshop.distil import attach

#: Of collections that training left out, as much is kept as was asked (docs/research/models.md).
KEEP_RATE: Final = 0.9


def rebuild(args: argparse.Namespace) -> None:
    """Run every step; stop at the first that fails."""
    good, first, lite = (args.out / name for name in ("good", "first", "lite"))
    good.mkdir(parents=True)
    large = gather_lite.take_large(args.large, args.kinds, good)
    _train(args, first)
    small = gather_lite.take_small(args.small, str(first), good, args.cache)
    _train(
        args,
        lite,
        *("--bundle-version", args.version, "--licence", "Apache-2.0"),
        *("--created-from", f"{large} large landscape photographs and changed copies, {small} small ones"),
    )
    if bundles.load(args.bundle).manifest.glance:
        attach.attach(bundles.load(args.bundle).folder, lite)
    _run("calibrate", str(lite), "--previews", str(args.previews))
    _run("models", "verify", str(lite))


def _train(args: argparse.Namespace, out: Path, *more: str) -> None:
    folders = ("--good", str(args.out / "good"), "--reject", str(args.rejects), "--out", str(out))
    how = ("--encoder", args.bundle, "--keep-rate", f"{KEEP_RATE:g}", "--cache", str(args.cache))
    _run("train", *folders, *how, *more)


def _run(*command: str) -> None:
    status = bowerbird(list(command))
    if status:
        raise SystemExit(status)


def main() -> None:
    """Read the places of the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", type=Path, required=True, metavar="DIR")
    parser.add_argument("--kinds", type=Path, required=True, metavar="FILE")
    parser.add_argument("--small", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rejects", type=Path, required=True, metavar="DIR")
    parser.add_argument("--previews", type=Path, required=True, metavar="DIR")
    parser.add_argument("--bundle", default="lite", help="whose networks and background are taken")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    rebuild(parser.parse_args())


if __name__ == "__main__":
    main()
