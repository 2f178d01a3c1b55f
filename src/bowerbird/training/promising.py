"""Says what a threshold means to its owner: so many pictures a day, so many of them not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.promises import Promise, Range
from bowerbird.training import share

Scores = NDArray[np.float64]

#: A promise rests on at least so many pictures of the stream, and days.
FEWEST_LOOKS: Final = 200
FEWEST_DAYS: Final = 3
#: From so many labels of kept pictures on, the owner's own word counts, and not the estimate.
FEWEST_LABELS: Final = 20

# Labels are not spread over the kept pictures as the pictures are: the hardest are asked for first. So they
# count by how much of the stream scores as they do.
_STRATA: Final = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """Scores (L,) of pictures that the owner has labelled, and whether they are to be kept (L,)."""

    scores: Scores = field(default_factory=lambda: np.empty(0))
    keep: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def above(self, threshold: float) -> Labels:
        """Take those that the threshold keeps."""
        kept = self.scores >= threshold
        return Labels(self.scores[kept], self.keep[kept])


@dataclass(frozen=True, slots=True)
class Evidence:
    """Scores by one model: held-out ones of the owner's pictures, those of the stream's sample, and labels.

    `daily` are draws (share.DRAWS,) of how many pictures a day the threshold keeps, and `days` says on how
    many days that rests.
    """

    good: Scores
    stream: Scores
    labels: Labels
    daily: Scores
    days: int


def too_little(days: int, looks: int, good: int) -> str | None:
    """Say why there is not enough to promise anything; None when there is."""
    if looks < FEWEST_LOOKS:
        return f"no promise yet: the stream's sample has {looks} pictures to go by, of {FEWEST_LOOKS} needed"
    if days < FEWEST_DAYS:
        return f"no promise yet: pictures were looked at on {days} days, of {FEWEST_DAYS} needed"
    if good < share.FEWEST:
        return f"no promise yet: {good} of your own pictures were held out, of {share.FEWEST} needed"
    return None


def promise_at(threshold: float, evidence: Evidence, bundle: str) -> Promise:
    """Make the promise of a threshold, from enough evidence (`too_little`)."""
    draws = share.resampled(evidence.good, evidence.stream)
    good = share.share_of_good(evidence.good, evidence.stream, draws)
    labels = evidence.labels.above(threshold)
    if len(labels.scores) >= FEWEST_LABELS:
        unwanted = by_labels(labels, evidence.stream[evidence.stream >= threshold])
        by = f"{len(labels.scores)} of your labels"
    else:
        unwanted = by_estimate(threshold, evidence, good, draws)
        by = f"the share of good ones in the stream, estimated at {_percent(good)}"
    return Promise(
        bundle=bundle,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        a_day=_range(evidence.daily, float(np.mean(evidence.daily))),
        unwanted=unwanted,
        good=good,
        basis=f"{len(evidence.stream)} pictures of the stream, {evidence.days} days, {by}",
    )


def by_estimate(threshold: float, evidence: Evidence, good: Range, draws: Scores) -> Range:
    """Estimate the share of kept pictures that are not wanted: all that are kept, less the good ones kept."""
    rng = np.random.default_rng(1)
    kept, of = int((evidence.stream >= threshold).sum()), len(evidence.stream)
    reach, own = int((evidence.good >= threshold).sum()), len(evidence.good)
    # The sample may hold few pictures above the threshold, or none: what is counted is drawn, not resampled.
    above = rng.beta(kept + 0.5, of - kept + 0.5, len(draws))
    loved = rng.beta(reach + 0.5, own - reach + 0.5, len(draws))
    low, value, high = (
        1.0 - min(1.0, share_of * ((reach + 0.5) / (own + 1)) / ((kept + 0.5) / (of + 1)))
        for share_of in (good.high, good.value, good.low)
    )
    drawn = np.quantile(1.0 - np.minimum(1.0, draws * loved / above), (0.025, 0.975))
    return Range(float(min(low, drawn[0])), float(value), float(max(high, drawn[1])))


def by_labels(labels: Labels, kept: Scores) -> Range:
    """Give the share of kept pictures that the owner's labels turn down, as the scores `kept` are spread."""
    scores = kept if len(kept) >= _STRATA else labels.scores
    cuts = np.quantile(scores, np.arange(1, _STRATA) / _STRATA)
    stratum, spread = np.searchsorted(cuts, labels.scores), np.searchsorted(cuts, scores)
    rng, total, value = np.random.default_rng(2), np.zeros(share.DRAWS), 0.0
    for index in range(_STRATA):
        own = labels.keep[stratum == index]
        turned_down, weight = int((~own).sum()), float((spread == index).mean())
        total += weight * rng.beta(turned_down + 0.5, len(own) - turned_down + 0.5, share.DRAWS)
        value += weight * (turned_down + 0.5) / (len(own) + 1)
    return _range(total, value)


def counted(a_day: Sequence[int], seed: int = 3) -> Scores:
    """Draw what the mean of a day may be, (share.DRAWS,), from counts of some days.

    Days are resampled, and each count is as uncertain as counts are.
    """
    rng = np.random.default_rng(seed)
    counts = np.asarray(a_day, float)
    picked = counts[rng.integers(len(counts), size=(share.DRAWS, len(counts)))].sum(1)
    drawn: Scores = rng.gamma(picked + 0.5) / len(counts)
    return drawn


def shared(daily: Scores, some: int, of: int, seed: int = 4) -> Scores:
    """Draw the part of a day's pictures that `some` of `of` speak for, (share.DRAWS,)."""
    return daily * np.random.default_rng(seed).beta(some + 0.5, of - some + 0.5, len(daily))


def _range(draws: Scores, value: float) -> Range:
    low, high = np.quantile(draws, (0.025, 0.975))
    return Range(float(min(low, value)), value, float(max(high, value)))


def _percent(good: Range) -> str:
    return f"{good.value:.1%} ({good.low:.1%} to {good.high:.1%})"
