"""Chooses what to ask the owner: the pictures whose answer would change most, and those that look alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.special import expit

from bowerbird.training.feedback import PRIOR, REACH

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

# What a yes or no leaves open, as the variance of a logistic answer where both are as likely.
_DOUBT: Final = 4.0
# Pictures this near on average look alike, as a share of the usual distance between two pictures.
_ALIKE: Final = 0.5
_FEWEST_ALIKE: Final = 4
_MOST_ALIKE: Final = 24


@dataclass(frozen=True)
class Pool:
    """Pictures that may be asked for: unit vectors (N, D), and the middle of the owner's own (D,)."""

    vectors: Vectors
    centre: Vectors = field(repr=False)

    @cached_property
    def shared(self) -> Vectors:
        """How far an answer to one picture moves another, before there are answers, (N, N)."""
        scaled = (self.vectors - self.centre) * np.float32(REACH)
        likeness = scaled @ scaled.T / np.float32(PRIOR)
        return likeness.astype(np.float32)

    def questions(self, margins: Scores, answered: list[int], count: int) -> list[int]:
        """Give the rows to ask next, the one that settles most first.

        A picture speaks for those that look like it. What it would settle of each is how much that one's
        score is still open (as `feedback.correction` sees it) and shares with the answer. A picture that the
        model lets in counts fully, one far below the threshold does not count. After each choice, what it
        settles is settled, so no two questions are alike. `margins` (N,) are scores less the threshold.
        """
        open_ = self._left_open(answered)
        counts = expit(margins)
        chosen: list[int] = []
        for _ in range(min(count, len(margins) - len(answered))):
            settled = (counts @ open_**2) / (np.diag(open_) + _DOUBT)
            settled[[*answered, *chosen]] = -1.0
            best = int(settled.argmax())
            chosen.append(best)
            row = open_[best]
            open_ = open_ - np.outer(row, row) / (row[best] + _DOUBT)
        return chosen

    def _left_open(self, answered: list[int]) -> Scores:
        if not answered:
            return self.shared.astype(np.float64)
        known = self.shared[answered].astype(np.float64)
        doubt = known[:, answered] + _DOUBT * np.eye(len(answered))
        return self.shared.astype(np.float64) - known.T @ np.linalg.solve(doubt, known)

    def alike(self, rows: list[int]) -> list[list[int]]:
        """Group those rows that look alike, the largest group first; rows that stand alone are left out."""
        if len(rows) < _FEWEST_ALIKE:
            return []
        centred = self.vectors[rows] - self.vectors.mean(axis=0)
        tree = linkage(centred, "average", metric="cosine")
        groups = fcluster(tree, _ALIKE, "distance")
        found = [[rows[index] for index in np.flatnonzero(groups == name)] for name in np.unique(groups)]
        large = [group[:_MOST_ALIKE] for group in found if len(group) >= _FEWEST_ALIKE]
        return sorted(large, key=len, reverse=True)
