r"""Measures what training makes of pictures from places that it has not seen.

    .venv/bin/python -m layers.models.workshop.source_out --good GOOD --rest REST --background ORDINARY

Each fold leaves out whole collections: their good pictures, the others, and the ordinary pictures that come
from them. Names tell the collection, as in `collection__1.jpg`. A line is a kind of training. Intervals are
95 %, from 1,000 draws of the judged pictures.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from bowerbird.imaging import picture_files
from bowerbird.training import fit, sources, twins, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection
from bowerbird.training.training import open_embedder
from layers.models.workshop.intervals import cells

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]

FOLDS: Final = 5
#: Whether training has rejects, and a background.
WAYS: Final = {
    "the owner's pictures alone": (False, False),
    "and a background": (False, True),
    "and rejects": (True, False),
    "and both": (True, True),
}


@dataclass(frozen=True, slots=True)
class Data:
    """Embedded pictures; each collection with the names of the places its pictures come from."""

    good: Collection
    rest: Collection
    background: Collection
    style: fit.Span | None

    def train(self, good: Rows, rest: Rows, background: Rows, rate: float) -> fit.Fitted:
        """Fit on these rows of each."""
        kinds = len(self.good.imitations) // len(self.good.vectors)
        vectors = self.good.vectors[good]
        imitations = self.good.imitations.reshape(len(self.good.vectors), kinds, -1)[good]
        places = sources.of([self.good.paths[row] for row in good])
        ordinary_ones = [self.background.paths[row] for row in background]
        sample = fit.Sample(
            vectors,
            imitations.reshape(-1, vectors.shape[1]),
            np.repeat(np.arange(len(good)), kinds),
            self.rest.vectors[rest],
            style=self.style,
            twins=sources.together(twins.groups(vectors), places),
            background=self.background.vectors[background],
            sources=sources.of(ordinary_ones),
        )
        return fit.fit(sample, {"neighbours": fit.neighbours}, keep_rate=rate)


def names(collection: Collection) -> NDArray[np.str_]:
    """Name the collection of each picture, (N,)."""
    return np.array([path.name.partition("__")[0] for path in collection.paths])


def judged(data: Data, *, rejects: bool, background: bool, rate: float) -> tuple[Scores, Scores]:
    """Score every good picture and every other by a model of other collections, above its threshold."""
    good, rest, others = (names(each) for each in (data.good, data.rest, data.background))
    found = (np.empty(len(good)), np.empty(len(rest)))
    for _, apart in GroupKFold(FOLDS).split(np.r_[good, rest], groups=np.r_[good, rest]):
        places = set(np.r_[good, rest][apart])
        left = [np.isin(each, list(places)) for each in (good, rest, others)]
        rows = [np.flatnonzero(~each) for each in left]
        none = rows[1][:0]
        model = data.train(
            rows[0], rows[1] if rejects else none, rows[2] if background else none, rate
        ).novelty
        for scores, side, collection in zip(found, left, (data.good, data.rest), strict=False):
            scores[side] = model.score(collection.vectors[side]) - model.threshold
    return found


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--good", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rest", type=Path, required=True, metavar="DIR", help="judged, and the rejects")
    parser.add_argument("--background", type=Path, required=True, metavar="DIR")
    parser.add_argument("--keep-rate", type=float, default=0.9)
    parser.add_argument("--encoder", default="lite", help="of a bundle, or an encoder.json")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    taken = write.networks(args.encoder)
    embedder = open_embedder(taken, EmbeddingCache(args.cache))

    def embed(folder: Path, *, imitate: bool) -> Collection:
        return embedder.embed(picture_files.find([folder]), imitate=imitate, done=lambda: None)

    data = Data(
        embed(args.good, imitate=True),
        embed(args.rest, imitate=False),
        embed(args.background, imitate=False),
        taken.encoder.style,
    )
    print("| trained on | AUROC | let in at 90 % kept | kept | let in |")
    print("| --- | --- | --- | --- | --- |")
    for name, (rejects, background) in WAYS.items():
        good, others = judged(data, rejects=rejects, background=background, rate=args.keep_rate)
        print(f"| {name} | {cells(good, others)}", flush=True)


if __name__ == "__main__":
    main()
