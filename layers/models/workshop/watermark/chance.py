"""A coin with two uneven sides."""

from __future__ import annotations

import numpy as np


def happens(rng: np.random.Generator, share: float) -> bool:
    """Answer true in this share of the calls."""
    return bool(rng.random() < share)
