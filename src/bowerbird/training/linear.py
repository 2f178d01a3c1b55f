"""Fits linear heads on unit vectors."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bowerbird.models.densities import Linear

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

# Unit vectors have components of about 1/sqrt(D). Scaling them lets one regularisation fit every encoder.
_REACH: Final = 5.0
_INVERSE_REGULARISATION: Final = 0.1


def linear(points: Vectors, loved: NDArray[np.bool_], weights: Scores) -> Linear:
    """Fit a linear head on unit vectors (N, D); only the ratios of the weights matter."""
    head = LogisticRegression(C=_INVERSE_REGULARISATION, max_iter=500)
    head.fit(points * _REACH, loved, sample_weight=weights * len(points) / weights.sum())
    return Linear((head.coef_[0] * _REACH).astype(np.float32), np.float32(head.intercept_[0]))
