r"""Gathers what lite learns to love in one folder, balanced by kind.

    .venv/bin/python layers/models/workshop/gather_lite.py --large MORE --kinds MORE_kinds.tsv --out good
    .venv/bin/python layers/models/workshop/gather_lite.py --small SMALL --first out/first --out good

The first call takes every large photograph, and two changed copies of each of a rare kind (mirrored, cut and
graded anew). The second adds small photographs that a bundle trained on the first ones keeps, because not
every picture of that folder is what its name says.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from bowerbird.imaging import picture_files
from bowerbird.models import bundle as bundles
from bowerbird.training import write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.training import open_embedder

RARE: Final = frozenset({"aerial", "desert_dunes", "aurora_or_night", "dusk_silhouette", "ice_snow"})
SMALL: Final = 300
_SIDE: Final = 600


def copies(picture: Image.Image, kind: str) -> tuple[Image.Image, Image.Image]:
    """Make two that show the same otherwise. What is seen from above has no upper edge."""
    turned = ImageOps.flip(picture) if kind == "aerial" else ImageOps.mirror(picture)
    width, height = picture.size
    part = picture.crop((width // 6, height // 6, width - width // 6, height - height // 6))
    return (
        _graded(turned, gamma=1.3, red=0.9, blue=1.1, colour=0.8),
        _graded(ImageOps.mirror(part), gamma=0.85, red=1.08, blue=0.92, colour=1.15),
    )


def _graded(picture: Image.Image, *, gamma: float, red: float, blue: float, colour: float) -> Image.Image:
    light = (np.asarray(picture, np.float32) / 255) ** gamma * np.array([red, 1, blue], np.float32)
    graded = Image.fromarray((light.clip(0, 1) * 255).astype(np.uint8))
    return ImageEnhance.Color(graded).enhance(colour)


def take_large(folder: Path, kinds: Path, out: Path) -> int:
    """Take every picture, and copies of rare ones; returns how many files were written."""
    with kinds.open(encoding="utf-8", newline="") as file:
        kind_of = {row["file"]: row["kind"] for row in csv.DictReader(file, delimiter="\t")}
    written = 0
    for path in picture_files.find([folder]):
        shutil.copyfile(path, out / path.name)
        kind = kind_of.get(path.name, "")
        made = copies(picture_files.read(path, _SIDE), kind) if kind in RARE else ()
        for number, copy in enumerate(made):
            copy.save(out / f"{path.stem}.{number}.jpg", quality=90)
        written += 1 + len(made)
    return written


def take_small(folder: Path, first: str, out: Path, cache: Path) -> int:
    """Take some by chance of those that the first bundle keeps; returns how many."""
    embedder = open_embedder(write.networks(first), EmbeddingCache(cache))
    found = embedder.embed(picture_files.find([folder]), imitate=True, done=lambda: None)
    novelty = bundles.load(first).novelty
    kept = np.flatnonzero(novelty.score(found.vectors) >= novelty.threshold)
    taken = np.random.default_rng(1).permutation(kept)[:SMALL]
    for row in taken:
        shutil.copyfile(found.paths[row], out / f"{folder.name}__{found.paths[row].name}")
    return len(taken)


def main() -> None:
    """Write the files and count them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", type=Path, metavar="DIR")
    parser.add_argument("--kinds", type=Path, metavar="FILE", help="the kind of each: file, tab, kind")
    parser.add_argument("--small", type=Path, metavar="DIR")
    parser.add_argument("--first", metavar="BUNDLE")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.large:
        print(f"{take_large(args.large, args.kinds, args.out)} large ones and copies")
    if args.small:
        print(f"{take_small(args.small, args.first, args.out, args.cache)} small ones")


if __name__ == "__main__":
    main()
