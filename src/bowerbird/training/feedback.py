"""Makes one more part of the model from what the owner said of a place's pictures.

The part corrects the model where the owner's words do not agree with it, and changes nothing else. So few
labels help, and labels of one word only. All labelled pictures are copies of the same size, made alike, so
the part cannot learn the copy instead of the taste. What that is worth: docs/research/labels.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from bowerbird import imaging
from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.core.labels import picture_of, read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.models.densities import Linear, Mixture, Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import fit, twins
from bowerbird.training.embedding import Embedder
from bowerbird.training.heldout import auroc

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Words = NDArray[np.bool_]

#: Of each word: from so many on, labels that were held out show how well the part does.
ENOUGH: Final = fit.FOLDS
#: Stands in the manifest of a bundle that has learned labels.
LEARNED: Final = "labels:"
_SIDE: Final = 256  # of the copies under `thumbs/`
# How firmly the model is believed until labels say otherwise. Of 3, 5, 10, 30 and 100 this was the best after
# twenty answers in six tastes (docs/research/labels.md).
PRIOR: Final = 5.0
#: Unit vectors have components of about 1/sqrt(D). Scaling them lets one prior fit every encoder.
REACH: Final = 5.0
# Held-out labels that are told apart so well (twice the AUROC less one) earn the part its full weight. With
# fewer than so many of a word, chance decides how well they are told apart.
_SKILLED: Final = 0.5
_TRUSTED: Final = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """Unit vectors of what the owner kept (K, D) and rejected (R, D); `unreadable` counts lost pictures."""

    kept: Vectors
    rejected: Vectors
    unreadable: int = 0

    def __str__(self) -> str:
        """Describe the labels for a manifest and a summary."""
        gone = f", {self.unreadable} without a picture" if self.unreadable else ""
        return f"{LEARNED} {len(self.kept)} keep, {len(self.rejected)} reject{gone}"

    @property
    def points(self) -> Vectors:
        """Give all vectors, keeps first, (K + R, D)."""
        return np.concatenate([self.kept, self.rejected])

    @property
    def loved(self) -> Words:
        """Say which rows of `points` the owner keeps, (K + R,)."""
        return np.arange(len(self.kept) + len(self.rejected)) < len(self.kept)


@dataclass(frozen=True, slots=True)
class Learned:
    """The model with the labels in it, and how well the labels are told apart without them and with them.

    Both are chances that a keep scores above a reject, None where there are too few of a word. `after` comes
    from models that had not seen the two labels. `moves` (K + R) is how far such a model moves the score of
    each label, the keeps first.
    """

    novelty: Novelty
    before: float | None
    after: float | None
    moves: Scores

    def __str__(self) -> str:
        """Describe what was learned for a summary."""
        if self.before is None or self.after is None:
            return f"too few to say how well they are told apart; {ENOUGH} of each word show it"
        return f"told apart {self.before:.3f} before, {self.after:.3f} after (AUROC, labels held out)"

    @property
    def told(self) -> str:
        """Say to the owner what was learned."""
        if self.before is None or self.after is None:
            return f"That is too few to say what it brought; {ENOUGH} of each word show it."
        return (
            f"Of two pictures, one kept and one rejected by you, it rates the right one higher "
            f"{self.after:.0%} of the time, on answers that it had not seen; before, {self.before:.0%}."
        )


def read(store: ObjectStore, embedder: Embedder) -> Labelled:
    """All labels of a place whose pictures are there.

    Raises:
        UsageError: there is none.
    """
    labels = list(read_labels(store))
    _check(len(labels))
    rows: dict[bool, list[Vectors]] = {True: [], False: []}
    unreadable = 0
    for label in labels:
        data = picture_of(store, label)
        try:
            if data is None:
                unreadable += 1
            else:
                rows[label.keep].append(embedder.vectors(small(data), imitate=False))
        except PermanentError:
            unreadable += 1
    _check(len(rows[True]) + len(rows[False]))
    dim = embedder.encoder.dim
    return Labelled(_ordered(rows[True], dim), _ordered(rows[False], dim), unreadable)


def _ordered(rows: list[Vectors], dim: int) -> Vectors:
    """Stack rows in the order of their bytes, so that the candidates' names do not change what is learned."""
    return np.concatenate([np.empty((0, dim), np.float32), *sorted(rows, key=lambda row: row.tobytes())])


def _check(count: int) -> None:
    if not count:
        raise UsageError("no label can be read; give some with `bowerbird label PLACE`, twenty do much")


def small(data: bytes) -> bytes:
    """Make a small copy from the survivor itself, where no other copy is stored.

    Raises:
        PermanentError: the picture cannot be decoded.
    """
    image = imaging.decode(data)
    return data if max(image.size) <= _SIDE else imaging.thumbnail(image, _SIDE)


def learn(base: Novelty, labelled: Labelled, seen: Mapping[str, Vectors]) -> Learned:
    """Add what the labels say to a model: a picture nearer the keeps goes up, one nearer the rejects down.

    The threshold stays. A label that the model agrees with changes little, and one that it does not, much.
    Where labels that were held out are not told apart, the part counts less; labels without a pattern change
    little. `seen` are the vectors behind the scores in `base.reference`, by the same names and in the same
    order. The part has seen none of them.
    """
    points, loved = labelled.points, labelled.loved
    scores, centre, spread = base.score(points), middle(base), _spread(base)
    margins = (scores - base.threshold) / spread
    head = correction(points, loved, margins, centre)
    unseen = spread * _held_out(points, loved, margins, centre)
    of_each = min(len(labelled.kept), len(labelled.rejected))
    enough = of_each >= ENOUGH
    after = auroc((scores + unseen)[loved], (scores + unseen)[~loved]) if enough else None
    skill = _skill(unseen, loved) if of_each >= _TRUSTED else 1.0
    part = Part(head, (0, points.shape[1]), weight=skill * spread)
    reference = {name: base.reference[name] + part.score(vectors) for name, vectors in seen.items()}
    return Learned(
        Novelty((*base.parts, part), base.threshold, reference),
        auroc(scores[loved], scores[~loved]) if enough else None,
        after,
        skill * unseen,
    )


def _spread(base: Novelty) -> float:
    """The deviation of the owner's pictures' scores: what one unit of log-odds is worth in this model.

    Scores of a model that also compares with ordinary pictures are spread over three times as much.
    """
    heldout = base.reference.get("heldout")
    return float(np.std(heldout)) if heldout is not None and np.std(heldout) > 0 else 1.0


def _skill(unseen: Scores, loved: Words) -> float:
    return float(np.clip((2.0 * auroc(unseen[loved], unseen[~loved]) - 1.0) / _SKILLED, 0.0, 1.0))


def middle(base: Novelty) -> Vectors:
    """The middle of the owner's pictures, (D,), whose score no label moves; zero if the model has none."""
    for part in base.parts:
        if isinstance(part.density, Neighbours):
            centre: Vectors = part.density.reference.astype(np.float32).mean(axis=0)
            return centre
        if isinstance(part.density, Mixture):
            return part.density.centre
    return np.zeros(1, np.float32)


def correction(points: Vectors, loved: Words, margins: Scores, centre: Vectors) -> Linear:
    """Fit a head that moves scores no further than the labels ask for, given the model's own margins.

    This is a logistic regression with the margins (N,) as its offset: the log-odds that a picture is loved
    are the margin, plus the head, plus a constant. The constant takes up that small copies score lower than
    their originals; it is not part of the head. Keeps and rejects have equal say, however many there are of
    each.
    """
    scaled = (points - centre) * REACH
    sign = np.where(loved, 1.0, -1.0)
    of_each = {word: max(1, int((loved == word).sum())) for word in (True, False)}
    words = len(np.unique(loved))
    says = np.where(loved, 1 / of_each[True], 1 / of_each[False]) * len(points) / words

    def cost(beta: Scores) -> tuple[float, Scores]:
        agreed = sign * (margins + scaled @ beta[:-1] + beta[-1])
        pull = -says * sign * expit(-agreed)
        strength = np.r_[np.full(scaled.shape[1], PRIOR), 1.0]
        value = says @ np.logaddexp(0.0, -agreed) + 0.5 * (strength * beta) @ beta
        return float(value), np.r_[pull @ scaled, pull.sum()] + strength * beta

    found = minimize(cost, np.zeros(scaled.shape[1] + 1), jac=True, method="L-BFGS-B").x[:-1]
    coefficients = (found * REACH).astype(np.float32)
    constant = -(np.broadcast_to(centre, coefficients.shape) @ coefficients)
    return Linear(coefficients, np.float32(constant))


def _held_out(points: Vectors, loved: Words, margins: Scores, centre: Vectors) -> Scores:
    """Say how far each label is moved by a head that had not seen it, nor a copy of it, (N,)."""
    moves = np.zeros(len(points))
    groups = twins.groups(points)
    folds = min(fit.FOLDS, len(np.unique(groups)))
    if folds < 2:  # noqa: PLR2004 - nothing is left to learn from
        return moves
    split = GroupKFold(folds, shuffle=True, random_state=0).split(points, loved, groups)
    for known, unknown in split:
        head = correction(points[known], loved[known], margins[known], centre)
        moves[unknown] = head.score(points[unknown])
    return moves
