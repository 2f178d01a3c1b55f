"""`bowerbird score`: tells how a bundle judges your files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bowerbird.adapters.terminal.lines import json_line, shown
from bowerbird.core.usual import MARKS
from bowerbird.core.wording import MATCH, standing

if TYPE_CHECKING:
    from bowerbird.assembly.scoring import Score

_WIDEST = len(standing(99))


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("score", help="judge picture files with a bundle")
    parser.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="a picture, or a folder of pictures"
    )
    parser.add_argument(
        "--bundle", default="lite", help="who judges: a bundle's name or folder (default: lite)"
    )
    parser.add_argument(
        "--watermark",
        choices=MARKS,
        default="reject",
        help="what a watermark means: reject the picture, note it, or off: look for none (default: reject)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line a picture, in the order of their names."""
    from bowerbird.adapters import beforehand
    from bowerbird.assembly.scoring import score_files
    from bowerbird.models.bundle import load

    paths = beforehand.pictures_of(args.files, "FILE")
    for score in score_files(paths, load(args.bundle), args.watermark):
        if args.json:
            print(json_line(score.record()))
        else:
            print(shown(_line(score)))
    return 0


def _line(score: Score) -> str:
    number = "     -" if score.novelty is None else f"{score.novelty:6.2f}"
    stands = "" if score.percentile is None else standing(score.percentile)
    return (
        f"{'keep' if score.keep else 'drop'}  {MATCH} {number}  {stands:{_WIDEST}}  {score.path}  {score.why}"
    )
