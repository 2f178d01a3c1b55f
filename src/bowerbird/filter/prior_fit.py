"""Learns from a place's decisions which posts are worth a look. `mine` and the compact function do it daily.

The older decisions teach the model; the newest kept pictures, which it has not seen, say how far it may be
trusted. So many of them must score above the floor that at most one in 200 is lost, with 95 % confidence:
598 kept pictures show that if none of them scores below it. With fewer, the model only orders the work.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.decision_log import DecisionLog, days
from bowerbird.core.decisions import Decision
from bowerbird.core.labels import read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.core.prior import BUCKETS, Prior, traits, write_prior
from bowerbird.core.usual import LOOK

#: What is lost at most, and how sure that must be.
MOST_LOST: Final = 0.005
CONFIDENCE: Final = 0.95
#: So few kept pictures teach nothing.
FEWEST_KEPT: Final = 30
# A place decides some thousands of candidates a day; older ones say little of today's stream.
_MOST_DECISIONS: Final = 200_000
# Stages at which taste, or what comes after it, turned a picture down.
_LOOKED: Final = frozenset({"glance", "preview", "scout", "novelty", "watermark"})
# Plain stochastic gradient descent with steps by coordinate: Duchi, Hazan, Singer, "Adaptive Subgradient
# Methods", 2011. Found on made-up streams; nothing hangs on the exact numbers.
_EPOCHS: Final = 4
_STEP: Final = 0.15
_BATCH: Final = 64
_SHRINK: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Example:
    """What was known of a post, and whether its picture was kept. `weight` is above 1 for a spared one."""

    traits: tuple[int, ...]
    kept: bool
    weight: int = 1


def examples(
    decisions: Iterable[Decision], labels: dict[str, bool] | None = None, *, look: float
) -> list[Example]:
    """Take the decisions in which taste had its say; the owner's own word counts more than the decision's.

    A kept picture that was turned down unseen, but for the look at a few, stands for all of its kind.
    """
    said = labels or {}
    found = []
    for each in decisions:
        if not (each.keep or each.stage in _LOOKED or each.candidate in said):
            continue
        size = _size(each.facts.get("declared"))
        spared = round(1 / look) if look and each.facts.get("looked_anyway") else 1
        kept = said.get(each.candidate, each.keep)
        found.append(Example(traits(each.submission, _text(each.facts.get("host")), size), kept, spared))
    return found


def fit(found: Sequence[Example]) -> Prior | None:
    """Learn from examples in the order of time. None while there are too few kept ones.

    The newest kept ones choose the floor, as soon as enough are left to learn from.
    """
    kept = [index for index, each in enumerate(found) if each.kept]
    if len(kept) < FEWEST_KEPT:
        return None
    enough = _enough()
    if len(kept) < enough + FEWEST_KEPT:
        told = f"{len(kept)} kept pictures; from {enough + FEWEST_KEPT} on it may turn posts down"
        return _learn(found, None, told)
    # Half of what is there beyond the fewest, so that more than one kept picture may lie below the floor.
    tested = kept[-max(enough, len(kept) // 2) :]
    model = _learn(found[: tested[0]], None, "")
    scores = sorted(model.score(found[index].traits) for index in tested for _ in range(found[index].weight))
    rank = allowed(len(scores))
    floor = scores[rank]
    told = (
        f"at most {MOST_LOST:.1%} of what is kept scores lower, at {CONFIDENCE:.0%} confidence, "
        f"from {len(tested)} kept pictures that it had not seen"
    )
    return Prior(model.weights, model.bias, floor, told)


def allowed(count: int) -> int:
    """How many of so many kept pictures may score below the floor; -1 when even none shows enough.

    With a loss of MOST_LOST, fewer or as many would be seen with a probability of 5 % at most.
    """
    total, seen = 0.0, -1
    for below in range(count + 1):
        total += math.exp(
            math.lgamma(count + 1)
            - math.lgamma(below + 1)
            - math.lgamma(count - below + 1)
            + below * math.log(MOST_LOST)
            + (count - below) * math.log1p(-MOST_LOST)
        )
        if total > 1 - CONFIDENCE:
            return seen
        seen = below
    return seen


def _enough() -> int:
    """The fewest kept pictures that show enough: 598."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log1p(-MOST_LOST))


def _learn(found: Sequence[Example], floor: float | None, chosen: str) -> Prior:
    """Logistic regression in which kept and rejected posts have equal say."""
    width = max(len(each.traits) for each in found)
    rows = np.full(
        (len(found), width), BUCKETS, np.int64
    )  # the last weight stands for "nothing", and stays 0
    for index, each in enumerate(found):
        rows[index, : len(each.traits)] = each.traits
    loved = np.array([each.kept for each in found])
    says = np.array([each.weight for each in found], np.float64)
    says *= np.where(loved, 0.5 / says[loved].sum(), 0.5 / max(1.0, says[~loved].sum())) * len(found)
    weights, bias = _descend(rows, loved, np.minimum(says, 50.0))
    used = np.flatnonzero(np.abs(weights[:BUCKETS]) > 1e-3)  # noqa: PLR2004 - nothing hangs on less
    return Prior({int(trait): float(weights[trait]) for trait in used}, bias, floor, chosen)


def _descend(
    rows: NDArray[np.int64], loved: NDArray[np.bool_], says: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    weights, squares = np.zeros(BUCKETS + 1), np.full(BUCKETS + 1, 1e-8)
    bias, bias_square = 0.0, 1e-8
    rng = np.random.default_rng(0)
    for _ in range(_EPOCHS):
        order = rng.permutation(len(rows))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            odds = weights[rows[batch]].sum(axis=1) + bias
            error = says[batch] * (1 / (1 + np.exp(-np.clip(odds, -30, 30))) - loved[batch]) / _BATCH
            slope = np.zeros(BUCKETS + 1)
            np.add.at(slope, rows[batch], error[:, None])
            slope += _SHRINK * weights
            slope[BUCKETS] = 0.0
            squares += slope**2
            weights -= _STEP * slope / np.sqrt(squares)
            bias_square += float(error.sum()) ** 2
            bias -= _STEP * float(error.sum()) / math.sqrt(bias_square)
    return weights, bias


def _size(told: object) -> tuple[int, int] | None:
    match told:
        case [int(width), int(height)] if width > 0 and height > 0:
            return width, height
    return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def learn(store: ObjectStore, *, look: float = LOOK) -> Prior | None:
    """Fit the model of a place anew, and store it. None while there is too little; what lies there stays.

    `look` is the share of what the last model turned down that was looked at all the same.
    """
    said = {each.candidate: each.keep for each in read_labels(store)}
    model = fit(examples(_recent(store), said, look=look))
    if model is not None:
        write_prior(store, model)
    return model


def _recent(store: ObjectStore) -> list[Decision]:
    """The newest decisions, the oldest of them first."""
    log, found = DecisionLog(store), list[Decision]()
    for day in sorted(days(store), reverse=True):
        if len(found) >= _MOST_DECISIONS:
            break
        found += reversed(list(log.read(day)))
    return sorted(found, key=lambda each: each.decided_at)
