"""Measures what an unlabelled sample of the stream is worth, and whether promises made on it hold.

    .venv/bin/python layers/models/workshop/stream_figures.py --good FILE --rest FILE… [--other FILE]

The files are .npz with `vectors` (N, D), and `--good` also with `imitations` and `origin`, as training has
them. Each split draws the owner's pictures from `--good`, mixes a stream of the rest and a known share of
good ones (of `--other` where it is given: another collection of the same taste), and judges what was left.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.promises import Range
from bowerbird.training import fit, promising, share, twins
from bowerbird.training.heldout import auroc
from bowerbird.training.promising import Evidence, Labels
from bowerbird.training.sample import Sample

Vectors = NDArray[np.float32]

#: Enough to count by, and a day's traffic does not matter here.
DAILY: Final = promising.counted([1000] * 7)


@dataclass(frozen=True)
class World:
    """All pictures there are: the owner's with their imitations, good ones of the stream, and the rest."""

    good: Vectors
    imitations: Vectors
    origin: NDArray[np.int64]
    other: Vectors | None
    rest: Vectors


@dataclass(frozen=True)
class Split:
    """What one owner has, the stream with its truth, and what nobody has seen."""

    own: Sample
    stream: Vectors
    loved: NDArray[np.bool_]
    good: Vectors
    rest: Vectors


@dataclass(frozen=True)
class Row:
    """What one split gave."""

    plain: float
    held_against: float
    let_in_plain: float
    let_in: float
    kept: float
    good: Range
    unwanted: Range
    truth: float


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--good", type=Path, required=True)
    parser.add_argument("--other", type=Path)
    parser.add_argument("--rest", type=Path, nargs="+", required=True)
    parser.add_argument("--own", type=int, nargs="+", default=[50, 156])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.03])
    parser.add_argument("--stream", type=int, default=600)
    parser.add_argument("--splits", type=int, default=10)
    args = parser.parse_args()
    with np.load(args.good) as found:
        rest = np.concatenate([np.load(path)["vectors"] for path in args.rest])
        other = np.load(args.other)["vectors"] if args.other else None
        world = World(found["vectors"], found["imitations"], found["origin"], other, rest)
    print(
        "| own | good in the stream | AUROC without, with | let in at 90 % kept | kept of 90 % asked "
        "| estimated share, mean of intervals | truth inside | promised unwanted, mean of intervals "
        "| came | inside |\n| --- " + "| --- " * 9 + "|"
    )
    for own in args.own:
        for part in args.shares:
            rows = [measure(each, part) for each in splits(world, own, part, args.stream, args.splits)]
            print(line(own, part, rows), flush=True)


def splits(world: World, own: int, part: float, size: int, count: int) -> Iterator[Split]:
    """Draw owners, each with a stream of `size` pictures."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        good, rest = rng.permutation(len(world.good)), rng.permutation(len(world.rest))
        everything = Sample(world.good, world.imitations, world.origin, world.rest[:0])
        mine = replace(everything.take(good[:own], good[:0]), share=1.0)
        others = world.good[good[own:]] if world.other is None else rng.permutation(world.other)
        loved = round(size * part)
        stream = np.concatenate([others[:loved], world.rest[rest[: size - loved]]])
        shuffled = rng.permutation(size)
        yield Split(
            replace(mine, twins=twins.groups(mine.good)),
            stream[shuffled],
            (np.arange(size) < loved)[shuffled],
            others[loved:],
            world.rest[rest[size - loved :]],
        )


def measure(split: Split, part: float) -> Row:
    """Train without and with half of the stream, and promise on the other half."""
    known = {"neighbours": fit.neighbours}
    half = len(split.stream) // 2
    plain = fit.fit(split.own, known, keep_rate=0.9).novelty
    model = fit.fit(
        replace(split.own, background=split.stream[:half], stream=True), known, keep_rate=0.9
    ).novelty
    scores = [(each.score(split.good), each.score(split.rest)) for each in (plain, model)]
    evidence = Evidence(
        np.asarray(model.reference["heldout"]), model.score(split.stream[half:]), Labels(), DAILY, 7
    )
    promise = promising.promise_at(model.threshold, evidence, "measured")
    kept, passed = ((each >= model.threshold).mean() for each in scores[1])
    bad = (1 - part) * passed
    return Row(
        auroc(*scores[0]),
        auroc(*scores[1]),
        _let_in(scores[0]),
        _let_in(scores[1]),
        float(kept),
        share.share_of_good(evidence.good, evidence.stream),
        promise.unwanted,
        float(bad / max(bad + part * kept, 1e-9)),
    )


def _let_in(scores: tuple[fit.Scores, fit.Scores]) -> float:
    """Give the share of the rest that passes where 90 % of the good ones do."""
    good, rest = scores
    return float((rest >= np.quantile(good, 0.1)).mean())


def line(own: int, part: float, rows: list[Row]) -> str:
    """One line of the table: means over the splits."""

    def mean(ranges: list[Range]) -> str:
        low, value, high = (
            np.mean([getattr(each, name) for each in ranges]) for name in ("low", "value", "high")
        )
        return f"{value:.1%} ({low:.1%} to {high:.1%})"

    inside = sum(part in row.good for row in rows)
    held = sum(row.truth in row.unwanted for row in rows)
    before, after = np.mean([(row.let_in_plain, row.let_in) for row in rows], axis=0)
    return (
        f"| {own} | {part:.0%} | {np.mean([row.plain for row in rows]):.4f}, "
        f"{np.mean([row.held_against for row in rows]):.4f} | {before:.1%}, {after:.1%} "
        f"| {np.mean([row.kept for row in rows]):.1%} | {mean([row.good for row in rows])} "
        f"| {inside} of {len(rows)} | {mean([row.unwanted for row in rows])} "
        f"| {np.mean([row.truth for row in rows]):.1%} | {held} of {len(rows)} |"
    )


if __name__ == "__main__":
    main()
