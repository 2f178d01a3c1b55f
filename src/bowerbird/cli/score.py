"""`bowerbird score`: what a bundle says of your files."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from bowerbird.adapters.terminal.lines import shown


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("score", help="judge picture files with a bundle")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="picture, or folder of pictures")
    parser.add_argument("--bundle", default="lite", help="bundle name or folder (default: lite)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line a picture, in the order of their names."""
    from bowerbird.adapters import beforehand
    from bowerbird.filter.scoring import score_files
    from bowerbird.models.bundle import load

    paths = beforehand.pictures_of(args.files, "FILE")
    for score in score_files(paths, load(args.bundle)):
        if args.json:
            print(json.dumps(asdict(score), ensure_ascii=False))
        else:
            number = "     -" if score.novelty is None else f"{score.novelty:6.2f}"
            print(shown(f"{'keep' if score.keep else 'drop'} {number}  {score.path}  {score.reason}"))
    return 0
