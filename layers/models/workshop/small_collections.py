r"""Measures what training makes of small collections, and what the rule before it made of them.

    .venv/bin/python layers/models/workshop/small_collections.py LOVED LOVED_TOO ... [--rest DIR ...]

Each folder is a taste of its own. A model learns from some of its pictures, without rejects.
It then judges the pictures left, and all pictures of the other folders and of `--rest`. The rule before took
the first model that kept enough unseen pictures at the bar that 95 % of the seen ones pass.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bowerbird.imaging import picture_files
from bowerbird.training import fit, mixtures, twins, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection, Embedder
from bowerbird.training.heldout import HeldOut, auroc
from bowerbird.training.sample import Sample, Span
from bowerbird.training.training import contenders, open_embedder

Vectors = NDArray[np.float32]

SIZES = (20, 25, 50, 100, 200)
DRAWS = 5
#: Fewer left to judge say too little.
FEWEST_LEFT = 10
_ENOUGH_UNSEEN = 0.85


@dataclass(frozen=True, slots=True)
class Outcome:
    """One model on one draw: AUROC, the share kept of the taste's other pictures, and of everything else."""

    model: str
    area: float
    kept: float
    passed: float


def before(held: Mapping[str, HeldOut]) -> str:
    """What was chosen before: the first contender that does not know its pictures by heart."""
    bar = min(_ENOUGH_UNSEEN, max(each.memory for each in held.values()))
    return next(name for name, each in held.items() if each.memory >= bar)


def outcomes(sample: Sample, left: Vectors, others: Vectors, rate: float) -> tuple[Outcome, Outcome]:
    """By the rule before, and by today's."""
    best = max(mixtures.compare(sample.good), key=lambda trial: trial.heldout)
    known = contenders(best, None)
    now = fit.fit(sample, known, keep_rate=rate)
    name = before(now.contenders)
    then = now if name == now.winner else fit.fit(sample, {name: known[name]}, keep_rate=rate)
    return _outcome(then, left, others), _outcome(now, left, others)


def _outcome(fitted: fit.Fitted, left: Vectors, others: Vectors) -> Outcome:
    own, other, bar = (*map(fitted.novelty.score, (left, others)), fitted.novelty.threshold)
    return Outcome(fitted.winner, auroc(own, other), float((own >= bar).mean()), float((other >= bar).mean()))


def draws(taste: Collection, count: int, style: Span | None) -> Iterator[tuple[Sample, Vectors]]:
    """So many pictures with their imitations, and the vectors of those left."""
    kinds = len(taste.imitations) // len(taste.vectors)
    for seed in range(DRAWS):
        order = np.random.default_rng(seed).permutation(len(taste.vectors))
        mine, left = order[:count], order[count:]
        imitations = taste.imitations.reshape(len(taste.vectors), kinds, -1)[mine]
        good = taste.vectors[mine]
        sample = Sample(
            good,
            imitations.reshape(-1, good.shape[1]),
            np.repeat(np.arange(count), kinds),
            good[:0],
            style=style,
            twins=twins.groups(good),
        )
        yield sample, taste.vectors[left]


def line(name: str, count: int, found: list[tuple[Outcome, Outcome]]) -> str:
    """Make a row of the table: means, and for AUROC the lowest and highest of the draws."""
    cells = [name, str(count)]
    for side in zip(*found, strict=True):
        areas = [each.area for each in side]
        cells.append(f"{np.mean(areas):.3f} ({min(areas):.3f} to {max(areas):.3f})")
        cells.append(f"{np.mean([each.kept for each in side]):.0%}")
        cells.append(f"{np.mean([each.passed for each in side]):.1%}")
    others = sum(each.model != "neighbours" for each, _ in found)
    return f"| {' | '.join(cells)} | {others} of {len(found)} |"


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tastes", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--rest", type=Path, nargs="*", default=[], metavar="DIR")
    parser.add_argument("--keep-rate", type=float, default=0.95)
    parser.add_argument("--encoder", default="lite", help="of a bundle, or an encoder.json")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    taken = write.networks(args.encoder)
    embedder = open_embedder(taken, EmbeddingCache(args.cache))
    found = {folder.name: _embed(embedder, folder) for folder in args.tastes}
    rest = [_embed(embedder, folder).vectors for folder in args.rest]
    print(
        "| taste | pictures | AUROC before | kept | others pass | AUROC now | kept | others pass | changed |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, taste in found.items():
        others = np.concatenate([*rest, *(each.vectors for key, each in found.items() if key != name)])
        for count in SIZES:
            if len(taste.vectors) >= count + FEWEST_LEFT:
                drawn = draws(taste, count, taken.encoder.style)
                pairs = [outcomes(sample, left, others, args.keep_rate) for sample, left in drawn]
                print(line(name, count, pairs), flush=True)


def _embed(embedder: Embedder, folder: Path) -> Collection:
    return embedder.embed(picture_files.find([folder]), imitate=True, done=lambda: None)


if __name__ == "__main__":
    main()
