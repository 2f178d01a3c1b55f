"""Figures of how well good pictures are told from others, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.training.heldout import auroc

Scores = NDArray[np.float64]

DRAWS: Final = 1000


def let_in(good: Scores, others: Scores) -> float:
    """Give the share of others above the bar that 90 % of the good ones pass."""
    return float((others >= np.quantile(good, 0.1)).mean())


def interval(of: Callable[[Scores, Scores], float], good: Scores, others: Scores) -> tuple[float, float]:
    """Draw the judged pictures again and again, and give the middle 95 % of what comes out."""
    rng = np.random.default_rng(0)
    drawn = [of(rng.choice(good, len(good)), rng.choice(others, len(others))) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def cells(good: Scores, others: Scores) -> str:
    """Make the end of a table's row from scores above the threshold.

    It gives the AUROC, the share let in at 90 % kept, and the shares kept and let in at the threshold.
    """
    area, wrong = interval(auroc, good, others), interval(let_in, good, others)
    return (
        f"{auroc(good, others):.3f} ({area[0]:.3f} to {area[1]:.3f}) "
        f"| {let_in(good, others):.1%} ({wrong[0]:.1%} to {wrong[1]:.1%}) "
        f"| {(good >= 0).mean():.1%} | {(others >= 0).mean():.1%} |"
    )
