"""Measures how well a bundle tells the owner's pictures from others.

    .venv/bin/python -m layers.models.workshop.evaluate --bundle lite --rest DIR [--good DIR]

Without `--good`, the bundle's own held-out scores stand for the owner's pictures. A model that had not seen
the picture gave each of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bowerbird.imaging import picture_files
from bowerbird.models import bundle as bundles
from bowerbird.training import write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.training import open_embedder
from layers.models.workshop.intervals import cells


def main() -> None:
    """Print one line of a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bundle", default="lite")
    parser.add_argument("--good", type=Path)
    parser.add_argument("--rest", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    bundle = bundles.load(args.bundle)
    embedder = open_embedder(write.networks(args.bundle), EmbeddingCache(args.cache))

    def scores(folder: Path, *, imitate: bool) -> NDArray[np.float64]:
        found = embedder.embed(picture_files.find([folder]), imitate=imitate, done=lambda: None)
        return bundle.novelty.score(found.vectors)

    good = scores(args.good, imitate=True) if args.good else np.asarray(bundle.novelty.reference["heldout"])
    rest, bar = scores(args.rest, imitate=False), bundle.novelty.threshold
    name = args.good.name if args.good else "held out"
    print(
        f"| {bundle.label} | {name} ({len(good)}) | {args.rest.name} ({len(rest)}) "
        f"| {cells(good - bar, rest - bar)}"
    )


if __name__ == "__main__":
    main()
