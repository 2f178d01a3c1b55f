r"""Measures what the novelty model is worth beside the original configuration.

    .venv/bin/python layers/models/workshop/compare.py --good SMALL --rest REST \
        --large-good LARGE --large-rest HARD

The model learns from `--good` only. It judges its own pictures when they are held out (five folds), and the
others when it is fitted on all of `--good`. Rejects are drawn from `--large-rest`; only those not drawn are
judged. Kept pictures are counted on a fifth of `--good` that neither the model nor its threshold has seen.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from bowerbird.imaging import picture_files
from bowerbird.training import fit, mixtures, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Collection
from bowerbird.training.heldout import auroc
from bowerbird.training.sample import Sample, Span
from bowerbird.training.training import open_embedder

Vectors = NDArray[np.float32]

REJECTS = (0, 20, 100)
RATES = (0.90, 0.95)
SEEDS = 5


@dataclass(frozen=True, slots=True)
class Data:
    """Embeddings of the four folders, and which of their numbers are style."""

    good: Collection
    rest: Vectors
    large_good: Vectors
    large_rest: Vectors
    style: Span | None


@dataclass(frozen=True, slots=True)
class Row:
    """One model: AUROC, and the share kept of unseen pictures for each of RATES, of the first draw only."""

    easy: float
    hard: float
    kept: tuple[float, ...]
    seconds: float


def configurations() -> Mapping[str, tuple[fit.Fitter, bool]]:
    """Density, and whether the head of examples goes with it."""
    return {
        "16 full Gaussians (the original)": (
            lambda sample: mixtures.fit(sample.good, 16, "full", at_last=sample.at_last),
            False,
        ),
        "1 full Gaussian (Mahalanobis)": (
            lambda sample: mixtures.fit(sample.good, 1, "full", at_last=sample.at_last),
            False,
        ),
        "nearest neighbours": (fit.neighbours, False),
        "ours: neighbours and head": (fit.neighbours, True),
    }


def rows(data: Data, fitter: fit.Fitter, *, head: bool, count: int) -> Iterator[Row]:
    """One row a draw of rejects; without any there is only one draw."""
    for seed in range(SEEDS if count else 1):
        order = np.random.default_rng(seed).permutation(len(data.large_rest))
        drawn, left = data.large_rest[order[:count]], data.large_rest[order[count:]]
        sample = Sample(data.good.vectors, data.good.imitations, data.good.origin, drawn, style=data.style)
        start = time.perf_counter()
        fitted = fit.fit(sample, {"it": fitter}, keep_rate=RATES[0], use_head=head)
        seconds = time.perf_counter() - start
        score = fitted.novelty.score
        yield Row(
            auroc(fitted.total.good, score(data.rest)),
            auroc(score(data.large_good), score(left)),
            kept(sample, fitter, head=head) if seed == 0 else (),
            seconds,
        )


def kept(sample: Sample, fitter: fit.Fitter, *, head: bool) -> tuple[float, ...]:
    """Share kept, for each of RATES, of pictures that had no say in the model or its threshold."""
    shares: list[list[float]] = [[] for _ in RATES]
    rejects = np.arange(len(sample.rejects))
    for seen, unseen in KFold(fit.FOLDS, shuffle=True, random_state=1).split(sample.good):
        own = replace(sample.take(seen, rejects), share=1.0)
        fitted = fit.fit(own, {"it": fitter}, keep_rate=RATES[0], use_head=head)
        scores = fitted.novelty.score(sample.good[unseen])
        for rate, found in zip(RATES, shares, strict=True):
            found.append(float((scores >= np.quantile(fitted.total.good, 1.0 - rate)).mean()))
    return tuple(statistics.fmean(found) for found in shares)


def memorised(data: Data, fitter: fit.Fitter) -> float:
    """What the original way of choosing keeps of unseen pictures, at the bar that 95 % of the seen pass."""
    none = data.good.imitations[:0]
    sample = Sample(data.good.vectors, none, np.empty(0, np.int64), none)
    return fit.hold_out(sample, fitter, seed=0).memory


def embed(args: argparse.Namespace) -> Data:
    """Embed all four folders, and take earlier embeddings from the cache."""
    taken = write.networks(args.encoder)
    embedder = open_embedder(taken, EmbeddingCache(args.cache))

    def folder(path: Path, *, imitate: bool = False) -> Collection:
        return embedder.embed(picture_files.find([path]), imitate=imitate, done=lambda: None)

    return Data(
        folder(args.good, imitate=True),
        folder(args.rest).vectors,
        folder(args.large_good).vectors,
        folder(args.large_rest).vectors,
        taken.encoder.style,
    )


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--good", "--rest", "--large-good", "--large-rest"):
        parser.add_argument(name, type=Path, required=True, metavar="DIR")
    parser.add_argument("--encoder", default="lite", help="of a bundle, or an encoder.json")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bowerbird/embeddings.db")
    args = parser.parse_args()
    data = embed(args)
    print("| model | rejects | AUROC, rest | AUROC, large | kept of 90 % | of 95 % | seen bar | fit |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, (fitter, head) in configurations().items():
        bar = f"{memorised(data, fitter):.1%}"
        for count in REJECTS if head else REJECTS[:1]:
            found = list(rows(data, fitter, head=head, count=count))
            hard = [row.hard for row in found]
            spread = f" ± {statistics.stdev(hard):.3f}" if len(hard) > 1 else ""
            shares = " | ".join(f"{share:.1%}" for share in found[0].kept)
            print(
                f"| {name} | {count} | {statistics.fmean(row.easy for row in found):.3f} "
                f"| {statistics.fmean(hard):.3f}{spread} | {shares} | {bar} "
                f"| {statistics.fmean(row.seconds for row in found):.0f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
