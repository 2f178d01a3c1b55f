"""Fits a novelty model on embeddings, and says how it scores pictures that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from bowerbird.models.densities import Density, Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import heldout, ratio
from bowerbird.training.heldout import HeldOut, auroc
from bowerbird.training.linear import linear
from bowerbird.training.sample import Sample, Span

Scores = NDArray[np.float64]

FOLDS: Final = 5
NEIGHBOURS: Final = 15
# More references than this are thinned at random, so that the bundle stays small and a score cheap.
_MOST_REFERENCES: Final = 4000
# The weight of the head of examples beside the density; both are standardised. Rejects say more about the
# owner than imitations do.
IMITATIONS_WEIGHT: Final = 0.5
REJECTS_WEIGHT: Final = 1.0
#: Many rejects can show that the head deserves more.
_MORE: Final = (2.0, 3.0)
# An owner who loves flat artwork has no use for a head that cannot tell it from its imitations. The head
# tells photographs from theirs with 0.98 and more. With vector art it reaches 0.97, and then costs 0.05 of
# AUROC.
_LEAST_SEPARATION: Final = 0.975
_ORIGINAL_KEEP_RATE: Final = 0.95


Fitter = Callable[[Sample], Density]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, the density that won, what each contender does with the head beside it, and the winner.

    `unaided` is what the winner does when it has learnt from no reject. It is None where there are no
    rejects. `against` is what the ordinary pictures brought, None where there are too few of them.
    `cornered` says that corners of the owner's pictures count, too.
    """

    novelty: Novelty
    winner: str
    contenders: Mapping[str, HeldOut]
    total: HeldOut
    unaided: HeldOut | None = None
    against: ratio.Against | None = None
    cornered: bool = False


def neighbours(sample: Sample) -> Density:
    """A density that scores by the nearest references, by cosine.

    With fewer references, the same number of neighbours reaches further and scores come out lower. A
    threshold from held-out scores would then keep too many. So the number of neighbours shrinks with the
    references, and the reach stays. Corners count as pictures of their own.
    """
    reference = sample.with_corners
    if len(reference) > _MOST_REFERENCES:
        reference = np.random.default_rng(0).permutation(reference)[:_MOST_REFERENCES]
    at_last = min(_MOST_REFERENCES, sample.at_last * len(sample.with_corners) // len(sample.good))
    k = min(NEIGHBOURS, at_last // 3) * len(reference) / at_last
    return Neighbours(reference.astype(np.float16), np.asarray(max(1, round(k))))


def examples(sample: Sample) -> Density:
    """A linear head: the owner's pictures against imitations and rejects, which have equal say.

    It sees only the style, where the encoder tells one: a painted valley shows what a photographed one shows.
    """
    groups = [sample.good, sample.imitations, sample.rejects]
    points = np.concatenate(groups)
    loved = np.arange(len(points)) < len(sample.good)
    against = sum(len(group) > 0 for group in groups[1:])
    says = (against, 1, 1)
    weights = np.concatenate(
        [np.full(len(group), say / max(1, len(group))) for group, say in zip(groups, says, strict=True)]
    )
    return linear(points, loved, weights)


def _without_rejects(sample: Sample) -> Density:
    return examples(replace(sample, rejects=sample.rejects[:0]))


def fit(
    sample: Sample,
    contenders: Mapping[str, Fitter],
    *,
    keep_rate: float,
    seed: int = 0,
    use_head: bool = True,
) -> Fitted:
    """Choose one of the densities, the first of which is the simple one, and set the threshold.

    The threshold keeps `keep_rate` of the owner's pictures. A model that had not seen the picture scores
    each.
    """
    whole = (0, sample.good.shape[1])
    style = sample.style or whole
    styles = sample.cut(style)
    head = _head(styles, seed) if use_head and _others(sample) else None
    weight = REJECTS_WEIGHT if len(sample.rejects) else IMITATIONS_WEIGHT
    held = {name: hold_out(sample, fitter, seed) for name, fitter in contenders.items()}
    totals = {name: _sum([(seen, 1.0), *([(head, weight)] if head else [])]) for name, seen in held.items()}
    winner = heldout.choose(totals)
    total = totals[winner]
    if head is not None and len(sample.rejects):
        weight, total = _heavier(held[winner], head)
    parts = [_part(contenders[winner](sample), whole, held[winner], 1.0)]
    if head is not None:
        parts.append(_part(examples(styles), style, head, weight))
    weighed = ratio.weigh(sample, Novelty(tuple(parts), 0.0), total)
    if weighed is not None:
        parts, total = [*parts, *weighed.parts], weighed.held
    model = Novelty(tuple(parts), heldout.threshold(total.good, keep_rate))
    reference = {"training": model.score(sample.good), "heldout": total.good}
    if len(total.rejects):
        reference["rejects"] = total.rejects
    unaided = None if head is None else _unaided(styles, held[winner], seed)
    against = None if weighed is None else weighed.against
    return Fitted(replace(model, reference=reference), winner, totals, total, unaided, against)


def _heavier(density: HeldOut, head: HeldOut) -> tuple[float, HeldOut]:
    """Give the head the weight that held-out rejects surely speak for."""
    known = {f"{weight:g}": _sum([(density, 1.0), (head, weight)]) for weight in (REJECTS_WEIGHT, *_MORE)}
    chosen = heldout.choose(known)
    return float(chosen), known[chosen]


def _head(styles: Sample, seed: int) -> HeldOut | None:
    """Fit a head on style. Without rejects, keep it only if it tells the owner's pictures from imitations."""
    head = hold_out(styles, examples, seed)
    return None if head.separation < _LEAST_SEPARATION and not len(styles.rejects) else head


def _unaided(styles: Sample, density: HeldOut, seed: int) -> HeldOut | None:
    if not len(styles.rejects):
        return None
    parts = [(density, 1.0)]
    if len(styles.imitations):
        head = hold_out(styles, _without_rejects, seed)
        if auroc(head.good, head.imitations) >= _LEAST_SEPARATION:
            parts.append((head, IMITATIONS_WEIGHT))
    return _sum(parts)


def _part(density: Density, span: Span, seen: HeldOut, weight: float) -> Part:
    return Part(density, span, float(seen.good.mean()), float(seen.good.std()), weight)


def _others(sample: Sample) -> int:
    return len(sample.imitations) + len(sample.rejects)


def hold_out(sample: Sample, fitter: Fitter, seed: int) -> HeldOut:
    """Score every picture with a density that has not seen it, by cross-validation.

    A fold leaves out an original together with its imitations and twins.
    """
    good, rejects = np.empty(len(sample.good)), np.empty(len(sample.rejects))
    imitations = np.empty(len(sample.imitations))
    kept = []
    different = np.unique(sample.groups)
    split = KFold(FOLDS, shuffle=True, random_state=seed).split(different)
    reject_folds = np.random.default_rng(seed).permutation(len(sample.rejects)) % FOLDS
    for fold, (_, apart) in enumerate(split):
        left_out = np.isin(sample.groups, different[apart])
        seen, unseen = np.flatnonzero(~left_out), np.flatnonzero(left_out)
        own = sample.take(seen, np.flatnonzero(reject_folds != fold))
        density = fitter(own)
        good[unseen] = density.score(sample.good[unseen])
        others, left = np.isin(sample.origin, unseen), reject_folds == fold
        imitations[others] = density.score(sample.imitations[others])
        rejects[left] = density.score(sample.rejects[left])
        bar = np.quantile(density.score(own.good), 1.0 - _ORIGINAL_KEEP_RATE)
        kept.append(float((good[unseen] >= bar).mean()))
    return HeldOut(good, imitations, rejects, float(np.mean(kept)))


def _sum(seen: Sequence[tuple[HeldOut, float]]) -> HeldOut:
    """Add up held-out scores by weight, each standardised on the owner's pictures."""

    def add(pick: Callable[[HeldOut], Scores]) -> Scores:
        terms = [
            weight * (pick(held) - float(held.good.mean())) / float(held.good.std()) for held, weight in seen
        ]
        total: Scores = np.sum(terms, axis=0)
        return total

    return HeldOut(
        add(lambda held: held.good),
        add(lambda held: held.imitations),
        add(lambda held: held.rejects),
        min(held.memory for held, _ in seen),
    )
