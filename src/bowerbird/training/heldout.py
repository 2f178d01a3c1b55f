"""Scores pictures by models that had not seen them, and says which model the scores speak for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score

Scores = NDArray[np.float64]
#: Scores of pictures the owner loves, and of pictures to be told from them.
Pair = tuple[Scores, Scores]

#: Training prefers a model to a simpler one when it is this sure that the model is better.
CONFIDENCE: Final = 0.99
#: What helps nearly every taste is taken when it is this sure. Asking for 99 % gave away half of what the
#: owner's stream brings (docs/research/models.md).
LIKELY: Final = 0.8


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores by models that had not seen the picture, and what a threshold from the seen ones would keep.

    `memory` is the share of unseen pictures kept at the threshold that keeps 95 % of the seen ones. It is
    about 0.95 for a model that generalises, and 0 for one that has learned its pictures by heart. The figure
    is shown but decides nothing: thresholds come from held-out scores, which no model knows by heart.
    `background` are ordinary pictures that nobody judged; no model but a ratio learns from them.
    """

    good: Scores
    imitations: Scores
    rejects: Scores
    memory: float
    background: Scores = field(default_factory=lambda: np.empty(0))

    @property
    def separation(self) -> float:
        """Give the AUROC of the owner's pictures against rejects, or without rejects against imitations."""
        others = self.rejects if len(self.rejects) else self.imitations
        if not len(others):
            return float("nan")
        return auroc(self.good, others)


def auroc(good: Scores, others: Scores) -> float:
    """Give the chance that a good picture scores above another one."""
    truth = np.r_[np.ones(len(good)), np.zeros(len(others))]
    return float(roc_auc_score(truth, np.r_[good, others]))


def threshold(good: Scores, keep_rate: float) -> float:
    """The score that this share of the owner's unseen pictures will reach, as likely as not.

    Among the few lowest scores of a small collection, numpy's usual quantile lies too high: of 20 pictures it
    would lose a tenth where it should lose a twentieth. Source: Hyndman and Fan, American Statistician 50,
    1996.
    """
    return float(np.quantile(good, 1.0 - keep_rate, method="median_unbiased"))


def choose(totals: Mapping[str, HeldOut]) -> str:
    """Choose the first contender, the simple one, unless another is surely better.

    Only rejects can show that. Imitations cannot, because they show what the owner's pictures show. Nor can
    the number of unseen pictures that pass the bar of the seen ones: a model that keeps everything does well
    there. In 21 of 22 tastes a single Gaussian told the rest of the world from the owner's pictures worse
    than neighbours did.
    """
    simple = next(iter(totals))
    gains = {name: sure_gain(held, totals[simple]) for name, held in totals.items() if name != simple}
    best = max(gains, key=lambda name: gains[name], default=simple)
    return best if gains.get(best, 0.0) > 0 else simple


def sure_gain(other: HeldOut, simple: HeldOut) -> float:
    """How much better a model surely tells the same pictures from the same rejects; see `sure_rise`."""
    return sure_rise((other.good, other.rejects), (simple.good, simple.rejects))


def sure_rise(after: Pair, before: Pair, confidence: float = CONFIDENCE) -> float:
    """How much better the same pictures are surely told from the same others. It is only sure above 0.

    The result is the lower bound of the difference of two AUROCs. Both models judged the same pictures, so
    the spread of each picture's own gain counts. The spread of a few others is hardly known, so these need a
    larger gain. Source: DeLong et al., Biometrics 44, 1988, with Student's t for the smaller of the two
    samples.
    """
    fewest = min(map(len, before))
    if fewest < 2:  # noqa: PLR2004 - no spread to be seen
        return -1.0
    gains = [new - old for new, old in zip(_placements(*after), _placements(*before), strict=True)]
    error = float(np.sqrt(sum(gain.var(ddof=1) / len(gain) for gain in gains)))
    return float(gains[0].mean()) - float(student.ppf(confidence, fewest - 1)) * error


def _placements(good: Scores, others: Scores) -> Pair:
    """Give each good picture the share of others below it, each other the share of good ones above it."""
    return _share_below(good, others), 1.0 - _share_below(others, good)


def _share_below(scores: Scores, others: Scores) -> Scores:
    ranked = np.sort(others)
    sides = [np.searchsorted(ranked, scores, side) for side in ("left", "right")]
    share: Scores = np.mean(sides, axis=0) / len(ranked)  # a draw counts by half
    return share
