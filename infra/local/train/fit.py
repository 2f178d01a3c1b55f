"""Fit a novelty model on embeddings, and say what it would score on pictures it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from bowerbird.errors import UsageError
from bowerbird_models.densities import Density, Linear, Neighbours
from bowerbird_models.novelty import Novelty, Part

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

FOLDS: Final = 5
FEWEST: Final = 50
NEIGHBOURS: Final = 15
# How much the head that tells imitations apart counts beside the neighbours; both are standardised.
IMITATION_WEIGHT: Final = 0.6
# Unit vectors have components of about 1/sqrt(D); scaled, one regularisation fits every encoder.
_REACH: Final = 5.0
_INVERSE_REGULARISATION: Final = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """Unit vectors of the owner's pictures (N, D), and of imitations (M, D) made from `origin` (M)."""

    good: Vectors
    imitations: Vectors
    origin: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse too few pictures to hold any out."""
        if len(self.good) < FEWEST:
            raise UsageError(f"{len(self.good)} pictures can be read; give at least {FEWEST}")

    def take(self, chosen: NDArray[np.int64]) -> Sample:
        """These pictures and their own imitations."""
        mine = np.isin(self.origin, chosen)
        return Sample(self.good[chosen], self.imitations[mine], self.origin[mine])


Fitter = Callable[[Sample], Density]


def neighbours(sample: Sample) -> Density:
    """K nearest by cosine."""
    reference = sample.good.astype(np.float16)
    return Neighbours(reference, np.asarray(min(NEIGHBOURS, len(reference) // 3)))


def against_imitations(sample: Sample) -> Density:
    """A linear head: the owner's pictures against imitations of them."""
    points = np.concatenate([sample.good, sample.imitations]) * _REACH
    loved = np.arange(len(points)) < len(sample.good)
    head = LogisticRegression(C=_INVERSE_REGULARISATION, class_weight="balanced", max_iter=500)
    head.fit(points, loved)
    return Linear((head.coef_[0] * _REACH).astype(np.float32), np.float32(head.intercept_[0]))


#: The standard model: fitters with their weights.
STANDARD: Final[tuple[tuple[Fitter, float], ...]] = (
    (neighbours, 1.0),
    (against_imitations, IMITATION_WEIGHT),
)


def fit(sample: Sample, *, keep_rate: float, seed: int = 0) -> Novelty:
    """Fit each part on everything; scale and threshold come from cross-validated scores.

    The threshold keeps `keep_rate` of pictures that were held out when they were scored.
    """
    dim = sample.good.shape[1]
    parts = []
    heldout = np.zeros(len(sample.good))
    for fitter, weight in STANDARD:
        raw = _held_out(sample, fitter, seed)
        part = Part(fitter(sample), (0, dim), float(raw.mean()), float(raw.std()), weight)
        heldout += weight * (raw - part.mean) / part.deviation
        parts.append(part)
    model = Novelty(tuple(parts), float(np.quantile(heldout, 1.0 - keep_rate)))
    training = model.score(sample.good)
    return Novelty(model.parts, model.threshold, {"training": training, "heldout": heldout})


def _held_out(sample: Sample, fitter: Fitter, seed: int) -> Scores:
    """Each picture's score by a model that has not seen it, (N,)."""
    scores = np.empty(len(sample.good))
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=seed).split(sample.good):
        part = Part(fitter(sample.take(seen)), (0, sample.good.shape[1]))
        scores[unseen] = part.raw(sample.good[unseen])
    return scores
