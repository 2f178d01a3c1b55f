"""Finds the Gaussian mixture on embeddings that explains unseen pictures best."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import train_test_split

from bowerbird.models.densities import Mixture

Vectors = NDArray[np.float32]

COUNTS: Final = (1, 2, 4, 8, 16)
COVARIANCES: Final = ("full", "tied", "diag")
# With more directions than a quarter of the pictures, the rest are noise. Beyond 256 they cost more than they
# tell.
_MOST_DIRECTIONS: Final = 256
_LEAST_DIRECTIONS: Final = 8
# More pictures than this make the choice slower, and no better.
_ENOUGH: Final = 4000


@dataclass(frozen=True, slots=True)
class Trial:
    """One configuration: nats a picture on the fitted and on held-out pictures, and the usual criteria."""

    count: int
    covariance: str
    fitted: float
    heldout: float
    aic: float
    bic: float


def compare(vectors: Vectors, *, seed: int = 0) -> Iterator[Trial]:
    """Try every configuration on one split, one at a time, so that progress can be shown."""
    if len(vectors) > _ENOUGH:
        vectors = np.random.default_rng(seed).permutation(vectors)[:_ENOUGH]
    projection = _projection(vectors, len(vectors))
    seen, unseen = train_test_split(projection.transform(vectors), test_size=0.25, random_state=seed)
    for covariance in COVARIANCES:
        for count in COUNTS:
            if count * 2 <= len(seen):
                model = _fit(seen, count, covariance, len(seen), seed)
                yield Trial(
                    count,
                    covariance,
                    float(model.score(seen)),
                    float(model.score(unseen)),
                    float(model.aic(seen)),
                    float(model.bic(seen)),
                )


def fit(
    vectors: Vectors, count: int, covariance: str, *, at_last: int | None = None, seed: int = 0
) -> Mixture:
    """Fit one configuration on all `vectors`, and return it as plain arrays.

    In cross-validation `vectors` are only a part of the pictures; `at_last` is then how many there are in
    all. The number of directions and the shrinkage set the scale of a likelihood. So both are chosen for
    `at_last` pictures: a threshold found on held-out scores must also hold for the final fit.
    """
    at_last = at_last or len(vectors)
    projection = _projection(vectors, at_last)
    model = _fit(projection.transform(vectors), count, covariance, at_last, seed)
    return Mixture(
        covariance=np.asarray(covariance),
        weights=model.weights_.astype(np.float32),
        means=model.means_.astype(np.float32),
        precisions=model.precisions_cholesky_.astype(np.float32),
        basis=np.ascontiguousarray(projection.components_.T, np.float32),
        centre=projection.mean_.astype(np.float32),
    )


def _projection(vectors: Vectors, at_last: int) -> PCA:
    most = min(_MOST_DIRECTIONS, vectors.shape[1], len(vectors) - 1)
    directions = min(most, max(_LEAST_DIRECTIONS, at_last // 4))
    return PCA(directions, random_state=0).fit(vectors)


def _fit(points: Vectors, count: int, covariance: str, at_last: int, seed: int) -> GaussianMixture:
    # The fewer pictures a covariance has, the more it is pulled towards a sphere.
    spread = float(points.var(axis=0).mean())
    shared = at_last if covariance == "tied" else at_last / count
    shrinkage = spread * min(1.0, points.shape[1] / shared) * 0.1
    model = GaussianMixture(
        count, covariance_type=covariance, reg_covar=max(shrinkage, 1e-9), max_iter=50, random_state=seed
    )
    with warnings.catch_warnings():
        # Fifty rounds are enough to rank the configurations. Further rounds make no mixture better.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(points.astype(np.float64))
