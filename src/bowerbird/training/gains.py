"""Tells what the owner's answers brought: how much of the unwanted was let in, and is now, at most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.training.feedback import ENOUGH

Scores = NDArray[np.float64]
Words = NDArray[np.bool_]

#: With fewer answers than this, or fewer than five of a word, the interval would span everything.
FEWEST: Final = 15
_DRAWS: Final = 400
_LOW, _HIGH = 2.5, 97.5
# Pictures are asked for because the model is unsure, and those of one source are alike. So an answer says
# less than one drawn evenly.
_SHAPE: Final = 0.3
# Even so the upper end held what is true of other sources in 91 %. With its odds doubled it holds in 95 % and
# more (docs/research/labels.md).
_ODDS: Final = 2.0
# Pictures that lie further below the threshold are hardly ever asked for; they are taken for unwanted.
_FAR: Final = 1.0
_KEPT_STRATA: Final = 3
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Gain:
    """What of 100 unwanted pictures is let in `before` and `after` the answers, about.

    After them it is `most` at most, with 95 % confidence, and `fewer` if that is surely fewer than before. Of
    the labelled pictures that were kept rightly, `rightly`, so many `stay`.
    """

    before: float
    after: float
    most: float
    fewer: bool
    rightly: int
    stay: int


@dataclass(frozen=True, slots=True)
class Scored:
    """Pictures' scores less the threshold, and how far the answers move them; (N,) each."""

    margins: Scores
    moves: Scores

    def at(self, rows: NDArray[np.generic]) -> Scored:
        """Take these rows."""
        return Scored(self.margins[rows], self.moves[rows])

    @property
    def stays(self) -> Scores:
        """Say 1.0 where the picture is let in after the answers."""
        return (self.margins + self.moves >= 0).astype(np.float64)


def estimate(labelled: Scored, loved: Words, unasked: Scored, everything: Scores) -> Gain | None:
    """Estimate the gain for all pictures from the labels, which were not drawn evenly from them.

    The moves of `labelled` come from models that had not seen the label; `loved` are their words. `unasked`
    have no label. `everything` (M,) are the margins of all pictures that were scored. Pictures are sorted
    into strata by margin, and each label stands for its stratum. The interval comes from drawing the labels'
    weights anew (Rubin, Annals of Statistics 9, 1981). It is told to one side only: the pictures that are
    asked for are the hard ones, so the truth is mostly better. None: too few labels to say.
    """
    rejects = int((~loved).sum())
    if len(loved) < FEWEST or min(rejects, len(loved) - rejects) < ENOUGH:
        return None
    edges = _edges(everything)
    strata = [
        _Stratum(low >= 0, size, *_within(labelled, loved, low, high), *_passing(unasked, low, high))
        for low, high, size in _sizes(everything, edges)
    ]
    before, after = _shares([stratum.even() for stratum in strata])
    rng = np.random.default_rng(0)
    drawn = np.array([_shares([stratum.drawn(rng) for stratum in strata]) for _ in range(_DRAWS)])
    most = float(np.nanpercentile(drawn[:, 1], _HIGH))
    fewer = bool(np.nanpercentile(drawn[:, 0] - drawn[:, 1], _LOW) > 0)
    rightly = loved & (labelled.margins >= 0)
    stay = int(labelled.stays[rightly].sum())
    return Gain(before, after, _wider(most), fewer, int(rightly.sum()), stay)


def _wider(share: float) -> float:
    return 100.0 * _ODDS * share / (100.0 - share + _ODDS * share)


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Pictures between two margins: whether they are let in, how many there are, and the labels among them.

    `unlabelled` is the share of its pictures without a label that are let in afterwards.
    """

    inside: bool
    size: float
    loved: Words
    stays: Scores
    unlabelled: float

    def even(self) -> Scores:
        """Count as `drawn`, each label weighing the same."""
        return self._counts(np.ones(len(self.loved)))

    def drawn(self, rng: np.random.Generator) -> Scores:
        """Count unwanted ones, each label weighing by chance: all, let in before, let in after, (3,)."""
        return self._counts(rng.standard_gamma(_SHAPE, len(self.loved)) + _LEAST)

    def _counts(self, says: Scores) -> Scores:
        if not len(says):
            return self.size * np.array([1.0, self.inside, self.unlabelled])
        says = says / says.sum()
        unwanted = float(says[~self.loved].sum())
        after = float((says * self.stays)[~self.loved].sum())
        return self.size * np.array([unwanted, unwanted * self.inside, after])


def _edges(everything: Scores) -> list[float]:
    kept = everything[everything >= 0]
    shares = np.arange(1, _KEPT_STRATA) / _KEPT_STRATA
    inner: Scores = np.quantile(kept, shares) if len(kept) else kept
    return [-np.inf, -_FAR, 0.0, *(float(edge) for edge in inner), np.inf]


def _sizes(everything: Scores, edges: list[float]) -> list[tuple[float, float, float]]:
    return [
        (low, high, float(((everything >= low) & (everything < high)).sum())) for low, high in pairwise(edges)
    ]


def _within(labelled: Scored, loved: Words, low: float, high: float) -> tuple[Words, Scores]:
    here = (labelled.margins >= low) & (labelled.margins < high)
    return loved[here], labelled.stays[here]


def _passing(unasked: Scored, low: float, high: float) -> tuple[float]:
    here = unasked.stays[(unasked.margins >= low) & (unasked.margins < high)]
    return (float(here.mean()) if len(here) else float(low >= 0),)


def _shares(counts: list[Scores]) -> tuple[float, float]:
    """Of 100 unwanted ones, give those let in before and after."""
    unwanted, before, after = np.sum(counts, axis=0)
    return 100.0 * float(before / unwanted), 100.0 * float(after / unwanted)


def told(gain: Gain | None, answers: int) -> str:
    """Say in plain words what the answers brought, or that it is too early to say."""
    if gain is None:
        return (
            f"Too early to say what your answers brought. It can be said from {FEWEST} answers on, "
            f"at least {ENOUGH} of each word, about pictures that have a match."
        )
    brought = (
        f"about {_count(gain.before)} were let in, and about {_count(gain.after)} are now; "
        f"at most {_count(gain.most)}"
        if gain.fewer
        else f"at most {_count(gain.most)} are let in now; whether these are fewer is too close to call yet"
    )
    return (
        f"{answers} answers: of 100 pictures you would not keep, {brought}. "
        f"Of the {gain.rightly} that were kept rightly, {gain.stay} stay."
    )


def _count(share: float) -> str:
    return f"{share:.0f}" if share >= 2 else f"{share:.1f}"  # noqa: PLR2004 - small shares need a decimal
