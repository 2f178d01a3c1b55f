"""Finds pictures of a collection that show the same: copies, crops, a burst's neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from sklearn.neighbors import radius_neighbors_graph

Vectors = NDArray[np.float32]

# Encoders spread pictures differently, so nearness is a part of the collection's usual distance. Smaller,
# cropped, mirrored and recompressed copies of photographs lie within 0.15 of it, other pictures hardly ever.
_NEAR: Final = 0.15
# In a collection of nothing but copies, there is no other distance to go by.
_LEAST: Final = 0.01
_ENOUGH: Final = 1000


def groups(vectors: Vectors) -> NDArray[np.int64]:
    """Number the pictures of unit vectors (N, D) from 0, (N,); twins, and twins of twins, share a number."""
    if len(vectors) < 2:  # noqa: PLR2004 - one has no twin
        return np.arange(len(vectors))
    reach = max(_LEAST, _NEAR * _usual_distance(vectors))
    near = radius_neighbors_graph(vectors, reach, metric="cosine")
    labels: NDArray[np.int64] = connected_components(near, directed=False)[1].astype(np.int64)
    return labels


def of(vectors: Vectors, others: Vectors) -> NDArray[np.bool_]:
    """Say which of the other unit vectors (M, D) show the same as one of these (N, D), (M,)."""
    if not len(vectors) or not len(others):
        return np.zeros(len(others), np.bool_)
    reach = max(_LEAST, _NEAR * _usual_distance(np.concatenate([vectors[:_ENOUGH], others])))
    nearest: NDArray[np.bool_] = (others @ vectors.T).max(axis=1) >= 1.0 - reach
    return nearest


def _usual_distance(vectors: Vectors) -> float:
    some = np.random.default_rng(0).permutation(vectors)[:_ENOUGH]
    return float(np.median((1.0 - some @ some.T)[np.triu_indices(len(some), 1)]))
