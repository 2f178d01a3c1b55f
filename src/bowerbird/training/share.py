"""Estimates how much of a stream the owner would love, though nobody has judged any of it.

Of the owner's own pictures, a share F reaches a score, and of the stream's a share G. Were all of the stream
good, G would be F. So above any score, G/F is at least the share of good ones, and the lowest G/F is nearest
to it: there the fewest others are mixed in. It is the whole share if some score separates the two, and an
upper bound if none does. Source: Blanchard, Lee and Scott, Journal of Machine Learning Research 11, 2010;
Storey, Journal of the Royal Statistical Society B 64, 2002. How well that does: docs/research/stream.md.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from bowerbird.core.promises import Range

Scores = NDArray[np.float64]

#: So many of the owner's pictures, or of the stream's, give an estimate that is worth telling.
FEWEST: Final = 20
DRAWS: Final = 400

# Scores that reject 10 to 80 % of the owner's pictures. Lower ones let too many others in, and above higher
# ones there are too few pictures to count.
_CUTS: Final = np.arange(0.10, 0.81, 0.05)
_GIVEN: Final = 0.05


def lowest(good: Scores, stream: Scores) -> float:
    """Give the lowest G/F, at most 1, of held-out scores of the owner's pictures and scores of the stream."""
    return float(min(1.0, np.min(np.divide(*_reached(good, stream)))))


def share_of_good(good: Scores, stream: Scores, draws: Scores | None = None) -> Range:
    """Estimate the share of the stream that the owner would love, with an interval.

    The upper end is the lowest G/F after what chance may have taken from G, and given to F (Clopper-Pearson);
    with both at their worst at once, it would be too wide. The lower end is that of the `draws`.
    """
    draws = resampled(good, stream) if draws is None else draws
    above, kept = _reached(good, stream)
    seen, own = np.round(above * len(stream)), np.round(kept * len(good))
    most = beta.ppf(0.975, seen + 1, len(stream) - seen) / beta.ppf(_GIVEN, own, len(good) - own + 1)
    value, low = float(draws.mean()), float(np.quantile(draws, 0.025))
    return Range(min(low, value), value, max(value, min(1.0, float(np.nanmin(most)))))


def resampled(good: Scores, stream: Scores, seed: int = 0) -> Scores:
    """Give the estimates that other pictures of both kinds might have given, (DRAWS,).

    The lowest of many figures is low by chance, and that of resampled pictures is low once more. What they
    lose on average is added.
    """
    rng = np.random.default_rng(seed)

    def again(scores: Scores) -> Scores:
        return scores[rng.integers(len(scores), size=len(scores))]

    draws = np.array([lowest(again(good), again(stream)) for _ in range(DRAWS)])
    near: Scores = np.clip(draws + lowest(good, stream) - draws.mean(), 0.0, 1.0)
    return near


def _reached(good: Scores, stream: Scores) -> tuple[Scores, Scores]:
    """Give G and F at every cut."""
    cuts = np.quantile(good, _CUTS, method="median_unbiased")
    above, kept = (1.0 - np.searchsorted(np.sort(scores), cuts) / len(scores) for scores in (stream, good))
    return above, kept
