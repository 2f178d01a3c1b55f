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
from bowerbird.training import twins
from bowerbird.training.heldout import HeldOut, auroc, sure_rise

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Rows = NDArray[np.int64]

NEIGHBOURS: Final = 5
#: With fewer ordinary pictures, "near to one of them" says little.
FEWEST: Final = 100
#: How much of the cosine to the nearest ordinary pictures a score loses. Beyond the last, collections that
#: training has not seen lose more than they win (docs/research/models.md).
WEIGHTS: Final = (2.0, 4.0, 6.0, 8.0)
#: Pictures that were held out come from the owner's collection, and the next ones do not. So the gain at
#: large weights is flattered; the smallest weight that brings this much of it is taken.
_ENOUGH: Final = 0.8
#: Ordinary pictures help nearly every taste, so a likely gain is taken. Asking for 99 % gave away half of
#: what the owner's stream brings (docs/research/models.md).
_SURE: Final = 0.8
_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Against:
    """What ordinary pictures bring: the weight (0: left out) and how well each is told from the owner's.

    `before` and `after` are chances that a picture of the owner scores above an ordinary one, by models that
    had seen neither. `loved` is how much of the ordinary pictures the owner would love, at most.
    """

    pictures: int
    weight: float
    before: float
    after: float
    loved: float

    def __str__(self) -> str:
        """Say it for the report."""
        kept = f"weight {self.weight:g}" if self.weight else "left out: no likely gain"
        return (
            f"against {self.pictures:,} ordinary pictures, about {self.loved:.0%} of which you might love: "
            f"yours score above them with {self.before:.3f} alone, {self.after:.3f} compared ({kept})"
        )


def weigh(
    known: tuple[Vectors, Vectors, Vectors],
    model: Novelty,
    total: HeldOut,
    background: Vectors,
    sources: Rows | None,
) -> tuple[Part | None, HeldOut, Against] | None:
    """Choose how much likeness to ordinary pictures counts, on pictures that were held out.

    `known` are the owner's pictures, imitations and rejects, behind the scores of `total`; `model` is what
    comes of them all. Copies of them are no ordinary pictures. An ordinary picture is compared with those of
    the other `sources` only: what comes from one place is alike, and the stream is another place. The part
    stays if it is likely better than none. With too few ordinary pictures there is nothing to weigh.
    """
    rows = np.flatnonzero(~twins.of(np.concatenate([known[0], known[2]]), background))
    if len(rows) < FEWEST:
        return None
    density = Commonness.among(background, rows, np.asarray(NEIGHBOURS))
    places = _places(sources, rows)
    good, imitations, rejects = (density.score(vectors).astype(np.float64) for vectors in known)
    others = _near_other_sources(density.reference, places)
    near = HeldOut(good, imitations, rejects, total.memory, others)
    middle, spread = float(good.mean()), float(good.std())
    alone = replace(total, background=model.score(density.reference))
    tried = {0.0: alone} | {weight: _less(alone, near, weight, middle) for weight in WEIGHTS}
    weight = _enough(tried) if spread else 0.0
    held = tried[weight]
    before, after = (auroc(each.good, each.background) for each in (alone, held))
    against = Against(len(rows), weight, before, after, loved_share(held.good, held.background))
    if not weight:
        return None, held, against
    return Part(density, (0, background.shape[1]), middle, spread, -weight * spread), held, against


def _enough(tried: Mapping[float, HeldOut]) -> float:
    """The smallest weight that brings most of the gain, or 0 if it is not likely better than none."""
    areas = {weight: _separation(held) for weight, held in tried.items()}
    least = areas[0.0] + _ENOUGH * (max(areas.values()) - areas[0.0])
    weight = min(weight for weight, area in areas.items() if area >= least)
    pairs = [(tried[each].good, tried[each].background) for each in (weight, 0.0)]
    return weight if sure_rise(pairs[0], pairs[1], _SURE) > 0 else 0.0


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
