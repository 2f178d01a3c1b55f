"""Measures how well a bundle tells the owner's pictures from others.

    .venv/bin/python layers/models/workshop/evaluate.py --bundle lite --rest DIR [--good DIR]

Without `--good`, the bundle's own held-out scores stand for the owner's pictures. A model that had not seen
the picture gave each of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from bowerbird.assembly.scoring import score_files
from bowerbird.imaging import picture_files
from bowerbird.models import bundle as bundles


def main() -> None:
    """Print one line of a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bundle", default="lite")
    parser.add_argument("--good", type=Path)
    parser.add_argument("--rest", type=Path, required=True)
    args = parser.parse_args()
    bundle = bundles.load(args.bundle)

    def scores(folder: Path) -> np.ndarray:
        found = score_files(picture_files.find([folder]), bundle)
        return np.array([score.novelty for score in found if score.novelty is not None])

    good = scores(args.good) if args.good else np.asarray(bundle.novelty.reference["heldout"])
    rest = scores(args.rest)
    area = roc_auc_score(np.r_[np.ones(len(good)), np.zeros(len(rest))], np.r_[good, rest])
    kept = [float((found >= bundle.novelty.threshold).mean()) for found in (good, rest)]
    name = args.good.name if args.good else "held out"
    print(
        f"| {bundle.label} | {name} ({len(good)}) | {args.rest.name} ({len(rest)}) | {area:.4f} "
        f"| {kept[0]:.1%} | {kept[1]:.1%} |"
    )


if __name__ == "__main__":
    main()
