"""`bowerbird score`: what a bundle says of your files."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from os import sched_getaffinity
from pathlib import Path

from bowerbird.adapters import beforehand
from bowerbird.adapters.terminal.lines import shown
from bowerbird.core.errors import PermanentError
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle, load


@dataclass(frozen=True, slots=True)
class Score:
    """One line of `--json`. A picture that cannot be read has no scores and is not kept."""

    path: str
    novelty: float | None
    watermark: float | None
    keep: bool
    reason: str
    bundle: str


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("score", help="judge picture files with a bundle")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="picture, or folder of pictures")
    parser.add_argument("--bundle", default="lite", help="bundle name or folder (default: lite)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line a picture, in the order of their names."""
    paths = beforehand.pictures_of(args.files, "FILE")
    for score in score_files(paths, load(args.bundle)):
        if args.json:
            print(json.dumps(asdict(score), ensure_ascii=False))
        else:
            number = "     -" if score.novelty is None else f"{score.novelty:6.2f}"
            print(shown(f"{'keep' if score.keep else 'drop'} {number}  {score.path}  {score.reason}"))
    return 0


def score_files(paths: list[Path], bundle: Bundle) -> Iterator[Score]:
    """Judge files, several at once, in order."""
    with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
        yield from pool.map(partial(_score, bundle=bundle), paths)


def _score(path: Path, bundle: Bundle) -> Score:
    result = partial(Score, path=str(path), bundle=bundle.label)
    try:
        picture = picture_files.read(path, bundle.min_side)
    except (PermanentError, OSError) as error:
        return result(novelty=None, watermark=None, keep=False, reason=str(error))
    novelty = float(bundle.novelty.score(bundle.encoder.embed([picture]))[0])
    mark = None if bundle.watermark is None else bundle.watermark.detect([picture])[0].probability
    reason = ""
    if novelty < bundle.novelty.threshold:
        reason = f"novelty: {novelty:.4g} is below {bundle.novelty.threshold:.4g}"
    elif mark is not None and bundle.watermark is not None and mark >= bundle.watermark.threshold:
        reason = f"watermark: {mark:.3f} is at or above {bundle.watermark.threshold:.3f}"
    return result(novelty=novelty, watermark=mark, keep=not reason, reason=reason or "kept")
