"""Weighs likeness to the owner's pictures against likeness to ordinary ones.

Liking is relative: a picture stands out when it is nearer to what the owner loves than to whatever else there
is. Nobody judged the ordinary pictures, and the owner would love some of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.models.densities import Commonness
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import against_stream, twins
from bowerbird.training.heldout import LIKELY, HeldOut, auroc, sure_rise
from bowerbird.training.sample import Rows, Sample, Vectors

Scores = NDArray[np.float64]

NEIGHBOURS: Final = 5
#: With fewer ordinary pictures, "near to one of them" says little.
FEWEST: Final = 100
#: How much of the cosine to the nearest ordinary pictures a score loses. Beyond the last, collections that
#: training has not seen lose more than they win (docs/research/models.md).
WEIGHTS: Final = (2.0, 4.0, 6.0, 8.0)
#: Pictures that were held out come from the owner's collection, and the next ones do not. So the gain at
#: large weights is flattered; the smallest weight that brings this much of it is taken.
_ENOUGH: Final = 0.8
_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Against:
    """What ordinary pictures bring: the weight (0: left out) and how well each is told from the owner's.

    `before` and `after` are chances that a picture of the owner scores above an ordinary one, by models that
    had seen neither; `headed` is that chance with a head against the stream, where there is one. `loved` is
    how much of the ordinary pictures the owner would love, at most.
    """

    pictures: int
    weight: float
    before: float
    after: float
    loved: float
    stream: bool = False
    headed: float | None = None

    def __str__(self) -> str:
        """Say it for the report."""
        kept = f"weight {self.weight:g}" if self.weight else "left out: no likely gain"
        pictures = "pictures of the stream" if self.stream else "ordinary pictures"
        return (
            f"against {self.pictures:,} {pictures}, about {self.loved:.0%} of which you might love: "
            f"yours score above them with {self.before:.3f} alone, {self.after:.3f} compared ({kept})"
            f"{self._head}"
        )

    @property
    def _head(self) -> str:
        if not self.stream:
            return ""
        if self.headed is None:
            return "; a head against the stream was left out: no likely gain"
        return f", {self.headed:.3f} with a head against the stream"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The parts that a model gains, the held-out scores with them, and what they bring."""

    parts: tuple[Part, ...]
    held: HeldOut
    against: Against


def weigh(sample: Sample, model: Novelty, total: HeldOut) -> Weighed | None:
    """Hold a model against the sample's background, by pictures that were held out.

    `model` is what comes of the sample, and `total` are its held-out scores. Copies of the owner's pictures
    are no ordinary ones. An ordinary picture is compared with those of the other `sources` only: what comes
    from one place is alike, and the stream is another place. A part stays if it is likely better than none;
    the head is for streams only. With too few ordinary pictures there is nothing to weigh.
    """
    rows = np.flatnonzero(~twins.of(np.concatenate([sample.good, sample.rejects]), sample.background))
    if len(rows) < FEWEST:
        return None
    alone = replace(total, background=model.score(sample.background[rows]))
    weight, part, held = _compare(sample, alone, rows)
    before, after = (auroc(each.good, each.background) for each in (alone, held))
    parts, headed = [part] if part else [], None
    if sample.stream:
        added = against_stream.add(sample, held, rows)
        if added is not None:
            parts, held = [*parts, added[0]], added[1]
            headed = auroc(held.good, held.background)
    loved = loved_share(held.good, held.background)
    return Weighed(
        tuple(parts), held, Against(len(rows), weight, before, after, loved, sample.stream, headed)
    )


def _compare(sample: Sample, alone: HeldOut, rows: Rows) -> tuple[float, Part | None, HeldOut]:
    """Choose how much likeness to ordinary pictures counts."""
    density = Commonness.among(sample.background, rows, np.asarray(NEIGHBOURS))
    good, imitations, rejects = (
        density.score(vectors).astype(np.float64)
        for vectors in (sample.good, sample.imitations, sample.rejects)
    )
    others = _near_other_sources(density.reference, _places(sample.sources, rows))
    near = HeldOut(good, imitations, rejects, alone.memory, others)
    middle, spread = float(good.mean()), float(good.std())
    tried = {0.0: alone} | {weight: _less(alone, near, weight, middle) for weight in WEIGHTS}
    weight = _enough(tried) if spread else 0.0
    part = Part(density, (0, density.dim), middle, spread, -weight * spread) if weight else None
    return weight, part, tried[weight]


def _enough(tried: Mapping[float, HeldOut]) -> float:
    """The smallest weight that brings most of the gain, or 0 if it is not likely better than none."""
    areas = {weight: _separation(held) for weight, held in tried.items()}
    least = areas[0.0] + _ENOUGH * (max(areas.values()) - areas[0.0])
    weight = min(weight for weight, area in areas.items() if area >= least)
    pairs = [(tried[each].good, tried[each].background) for each in (weight, 0.0)]
    return weight if sure_rise(pairs[0], pairs[1], LIKELY) > 0 else 0.0


def _less(total: HeldOut, near: HeldOut, weight: float, middle: float) -> HeldOut:
    return replace(
        total,
        good=total.good - weight * (near.good - middle),
        imitations=total.imitations - weight * (near.imitations - middle),
        rejects=total.rejects - weight * (near.rejects - middle),
        background=total.background - weight * (near.background - middle),
    )


def _separation(held: HeldOut) -> float:
    """Rejects, where there are any, count as much as ordinary pictures: the owner named them."""
    others = [others for others in (held.background, held.rejects) if len(others)]
    return float(np.mean([auroc(held.good, each) for each in others]))


def _places(sources: Rows | None, rows: Rows) -> Rows:
    """Where most come from one place, there is no other to compare it with: each stands for itself."""
    if sources is None or np.unique(sources[rows], return_counts=True)[1].max() > len(rows) / 2:
        return np.arange(len(rows))
    return sources[rows]


def _near_other_sources(background: Vectors, sources: Rows) -> Scores:
    """Give each ordinary picture's mean cosine to the nearest of other sources, (M,)."""
    near = np.empty(len(background))
    for start in range(0, len(background), _ROWS):
        rows = slice(start, start + _ROWS)
        similar = background[rows] @ background.T
        similar[sources[rows, np.newaxis] == sources] = -1.0
        near[rows] = np.partition(similar, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return near


def loved_share(good: Scores, others: Scores) -> float:
    """How much of the others the owner would love, at most, from scores of both that were held out.

    If a share of the others is like the owner's pictures, that share of the owner's rate passes every bar. So
    no bar lets fewer of them pass; the one that lets the fewest pass, chance allowed for, tells the most.
    Source: best bin estimation, Garg et al., NeurIPS 2021.
    """
    bars = np.sort(good)
    of_good = 1.0 - np.arange(len(bars)) / len(bars)
    of_others = 1.0 - np.searchsorted(np.sort(others), bars) / len(others)
    chance = sum(float(np.sqrt(np.log(40.0) / (2 * count))) for count in (len(good), len(others)))
    best = int(np.argmin((of_others + chance) / of_good))
    return float(of_others[best] / of_good[best])
