"""Adds a head that tells the owner's pictures from a sample of the stream that will be judged.

Nobody judged the sample, and some of it is good: the head learns from positives and from what has no label.
Such a head ranks as one that knew the labels, as long as the owner's pictures are like the good ones of the
stream (Elkan and Noto, KDD 2008). Ordinary pictures from elsewhere are no such sample: there the head learns
what sets one folder apart from the other (docs/research/models.md).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bowerbird.models.densities import AgainstStream, Linear
from bowerbird.models.novelty import Part
from bowerbird.training import twins
from bowerbird.training.heldout import LIKELY, HeldOut, sure_rise
from bowerbird.training.linear import linear
from bowerbird.training.sample import Rows, Sample, Vectors

Scores = NDArray[np.float64]

FOLDS: Final = 5
#: Beside everything else that a model has; both are standardised on the owner's pictures.
WEIGHT: Final = 2.0


def add(sample: Sample, held: HeldOut, rows: Rows) -> tuple[Part, HeldOut] | None:
    """Fit the head, and add its held-out scores to `held`; None where a gain is not likely.

    `rows` of the sample's background are no copies of the owner's pictures; `held.background` are their
    scores. No picture of either side is scored by a head that has seen it, a copy of it, or another picture
    of its place.
    """
    others = sample.background[rows]
    places = np.arange(len(rows)) if sample.sources is None else sample.sources[rows]
    groups = _joined(twins.groups(others), places)
    if len(np.unique(groups)) < FOLDS:
        return None
    seen = _hold_out(sample, others, groups)
    middle, spread = float(seen.good.mean()), float(seen.good.std())
    if not spread:
        return None
    after = HeldOut(
        held.good + WEIGHT * (seen.good - middle) / spread,
        held.imitations + WEIGHT * (seen.imitations - middle) / spread,
        held.rejects + WEIGHT * (seen.rejects - middle) / spread,
        held.memory,
        held.background + WEIGHT * (seen.background - middle) / spread,
    )
    if sure_rise((after.good, after.background), (held.good, held.background), LIKELY) <= 0:
        return None
    head = _head(sample.with_corners, others)
    density = AgainstStream(head.coefficients, head.intercept, seen.good.astype(np.float32))
    return Part(density, (0, others.shape[1]), middle, spread, WEIGHT), after


def _head(good: Vectors, others: Vectors) -> Linear:
    """Fit on both sides, which have equal say."""
    points, loved = np.concatenate([good, others]), np.arange(len(good) + len(others)) < len(good)
    return linear(points, loved, np.where(loved, 1 / len(good), 1 / len(others)))


def _hold_out(sample: Sample, others: Vectors, groups: Rows) -> HeldOut:
    """Score everything by heads that had not seen it; they never see rejects and imitations."""
    own, theirs = _folds(sample.groups), _folds(groups)
    good, imitations = np.empty(len(sample.good)), np.empty(len(sample.imitations))
    background, rejects = np.empty(len(others)), np.zeros(len(sample.rejects))
    for fold in range(FOLDS):
        seen = sample.take(np.flatnonzero(own != fold), np.arange(0)).with_corners
        head = _head(seen, others[theirs != fold])
        good[own == fold] = head.score(sample.good[own == fold])
        background[theirs == fold] = head.score(others[theirs == fold])
        apart = own[sample.origin] == fold
        imitations[apart] = head.score(sample.imitations[apart])
        rejects += head.score(sample.rejects) / FOLDS
    return HeldOut(good, imitations, rejects, float("nan"), background)


def _folds(groups: Rows) -> Rows:
    """Give each picture its fold, the same for those of a group, (N,)."""
    numbers, group = np.unique(groups, return_inverse=True)
    folds: Rows = (np.random.default_rng(0).permutation(len(numbers)) % FOLDS)[group]
    return folds


def _joined(some: Rows, others: Rows) -> Rows:
    """Number what either joins, (N,)."""
    others = others + some.max() + 1
    edges = coo_array((np.ones(len(some)), (some, others)), shape=(int(others.max()) + 1,) * 2)
    joined: Rows = connected_components(edges, directed=False)[1][some].astype(np.int64)
    return joined
