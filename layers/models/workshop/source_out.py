r"""Measures what training makes of pictures from places that it has not seen.

    .venv/bin/python -m layers.models.workshop.source_out --good GOOD --rest REST --background ORDINARY

Each fold leaves out whole collections: their good pictures, the others, and the ordinary pictures that come
from them. Names tell the collection, as in `collection__1.jpg`. A line is a kind of training. Intervals are
95 %, from 1,000 draws of the judged pictures.

    … --judge GOOD --keep-rates 0.85 0.9 0.95 [--apart DIR]

With `--judge`, only pictures of that folder are judged. What else `--good` holds, such as changed copies, is
only learnt from; what comes from no judged collection always is. With several rates there is a second table,
of what was asked and what was kept. Its intervals draw whole collections. `--apart` are others that no fold
learns from.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from bowerbird.imaging import picture_files
from bowerbird.training import fit, heldout, sources, twins, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection
from bowerbird.training.sample import Sample, Span
from bowerbird.training.training import open_embedder
from layers.models.workshop.intervals import DRAWS, cells

Scores = NDArray[np.float64]
Rows = NDArray[np.int64]

FOLDS: Final = 10
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
    apart: Collection | None
    judged: NDArray[np.bool_]
    style: Span | None

    def train(self, good: Rows, rest: Rows, background: Rows, rate: float) -> fit.Fitted:
        """Fit on these rows of each."""
        kinds = len(self.good.imitations) // len(self.good.vectors)
        vectors = self.good.vectors[good]
        imitations = self.good.imitations.reshape(len(self.good.vectors), kinds, -1)[good]
        places = sources.of([self.good.paths[row] for row in good])
        ordinary_ones = [self.background.paths[row] for row in background]
        sample = Sample(
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


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores of the judged good ones, of the others and of those apart, and each one's bars, by rate.

    A fold's models differ, so every picture has the bars (rates,) of the model that judged it. Every model
    judged those apart.
    """

    scores: tuple[Scores, Scores, Scores]
    bars: tuple[Scores, Scores, Scores]
    places: NDArray[np.str_]

    def above(self, side: int, rate: int) -> Scores:
        """How far above its bar each of the good ones (0), the others (1) or those apart (2) scores."""
        above: Scores = self.scores[side] - self.bars[side][:, rate]
        return above


def judge(data: Data, *, rejects: bool, background: bool, rates: Sequence[float]) -> Judged:
    """Score every judged picture and every other by a model of other collections."""
    good, rest, others = (names(each) for each in (data.good, data.rest, data.background))
    found = [np.empty(len(good)), np.empty(len(rest))]
    bars = [np.empty((len(each), len(rates))) for each in found]
    apart: list[tuple[Scores, Scores]] = []
    groups = np.r_[good[data.judged], rest]
    for _, fold in GroupKFold(FOLDS).split(groups, groups=groups):
        places = list(set(groups[fold]))
        left = [np.isin(each, places) for each in (good, rest, others)]
        rows = [np.flatnonzero(~each) for each in left]
        none = rows[1][:0]
        fitted = data.train(rows[0], rows[1] if rejects else none, rows[2] if background else none, rates[0])
        at = np.array([heldout.threshold(fitted.total.good, rate) for rate in rates])
        for scores, own, side, collection in zip(found, bars, left, (data.good, data.rest), strict=False):
            scores[side], own[side] = fitted.novelty.score(collection.vectors[side]), at
        if data.apart is not None:
            scored = fitted.novelty.score(data.apart.vectors)
            apart.append((scored, np.tile(at, (len(scored), 1))))
    far = [np.concatenate(each) for each in zip(*apart, strict=True)] or [np.empty(0), np.empty((0, len(at)))]
    return Judged(
        (found[0][data.judged], found[1], far[0]), (bars[0][data.judged], bars[1], far[1]), good[data.judged]
    )


def asked(found: Judged, rate: int) -> str:
    """Make the end of a row: the shares kept, let in, and let in of those apart."""
    kept, wrong, far = (found.above(side, rate) >= 0 for side in range(3))
    rows = [np.flatnonzero(found.places == place) for place in np.unique(found.places)]
    rng = np.random.default_rng(0)
    drawn = [
        kept[np.concatenate([rows[place] for place in rng.integers(len(rows), size=len(rows))])].mean()
        for _ in range(DRAWS)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    last = f"{far.mean():.1%}" if len(far) else ""
    return f"{kept.mean():.1%} ({low:.1%} to {high:.1%}) | {wrong.mean():.1%} | {last} |"


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--good", type=Path, required=True, metavar="DIR")
    parser.add_argument("--rest", type=Path, required=True, metavar="DIR", help="judged, and the rejects")
    parser.add_argument("--background", type=Path, required=True, metavar="DIR")
    parser.add_argument("--judge", type=Path, metavar="DIR", help="of --good, judge only what is here")
    parser.add_argument("--apart", type=Path, metavar="DIR", help="others that no fold learns from")
    parser.add_argument("--keep-rates", type=float, nargs="+", default=[0.9])
    parser.add_argument("--encoder", default="lite", help="of a bundle, or an encoder.json")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    taken = write.networks(args.encoder)
    embedder = open_embedder(taken, EmbeddingCache(args.cache))

    def embed(folder: Path, *, imitate: bool) -> Collection:
        return embedder.embed(picture_files.find([folder]), imitate=imitate, done=lambda: None)

    good = embed(args.good, imitate=True)
    here = {path.name for path in picture_files.find([args.judge or args.good])}
    data = Data(
        good,
        embed(args.rest, imitate=False),
        embed(args.background, imitate=False),
        embed(args.apart, imitate=False) if args.apart else None,
        np.array([path.name in here for path in good.paths]),
        taken.encoder.style,
    )
    print("| trained on | AUROC | let in at 90 % kept | kept | let in |")
    print("| --- | --- | --- | --- | --- |")
    for name, (rejects, background) in WAYS.items():
        found = judge(data, rejects=rejects, background=background, rates=args.keep_rates)
        print(f"| {name} | {cells(found.above(0, 0), found.above(1, 0))}", flush=True)
    if len(args.keep_rates) > 1:
        print("\n| asked | kept | let in | let in of those apart |\n| --- | --- | --- | --- |")
    for index, rate in enumerate(args.keep_rates if len(args.keep_rates) > 1 else []):
        print(f"| {rate:.0%} | {asked(found, index)}", flush=True)


if __name__ == "__main__":
    main()
