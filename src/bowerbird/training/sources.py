"""Tells which pictures come from one place: an album, a photographer, a collection.

Pictures of one place are alike. What is new comes from another place, so a promise about new pictures is kept
only if pictures of one place are held out together.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Rows = NDArray[np.int64]

_MARK: Final = "__"
#: With fewer places, one fold would miss too much of what the owner loves.
_FEWEST: Final = 10
#: A place with more of the pictures than this is no place among others.
_LARGEST: Final = 0.2


def of(paths: Sequence[Path]) -> Rows:
    """Number the places that pictures come from, (N,).

    Pictures of one folder come from one place. In a folder that holds more than one, names tell them apart
    up to a double underscore, as in `collection__1.jpg`.
    """
    names = [(path.parent, path.name.partition(_MARK)[0] if _MARK in path.name else "") for path in paths]
    number = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], np.int64)


def together(twins: Rows, places: Rows) -> Rows:
    """Number what is held out together, (N,): twins, and pictures of one place if there are enough places."""
    sizes = np.bincount(places)
    small = sizes[places] <= _LARGEST * len(places)
    if len(np.unique(places[small])) < _FEWEST:
        return twins
    own = len(sizes) + np.arange(len(places))
    joined = np.where(small, places, own) + twins.max() + 1
    edges = coo_array((np.ones(len(twins)), (twins, joined)), shape=(int(joined.max()) + 1,) * 2)
    found: Rows = connected_components(edges, directed=False)[1][twins].astype(np.int64)
    return np.unique(found, return_inverse=True)[1]
