"""Makes one more part of the model from what the owner said of a place's pictures.

The part tells keeps from rejects, and from nothing else. The place holds both as copies of the same size,
made alike, so the part cannot learn the copy instead of the taste. What that is worth:
docs/research/labels.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from bowerbird import imaging
from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.core.labels import picture_of, read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.models.densities import Linear
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import fit
from bowerbird.training.embedding import Embedder
from bowerbird.training.heldout import auroc

Vectors = NDArray[np.float32]

#: Of each word: one to hold out in every fold.
FEWEST: Final = fit.FOLDS
_SIDE: Final = 256  # of the copies under `thumbs/`


@dataclass(frozen=True, slots=True)
class Labelled:
    """Unit vectors of what the owner kept (K, D) and rejected (R, D); `unreadable` counts lost pictures."""

    kept: Vectors
    rejected: Vectors
    unreadable: int

    def __str__(self) -> str:
        """Describe the labels for a manifest and a summary."""
        gone = f", {self.unreadable} without a picture" if self.unreadable else ""
        return f"labels: {len(self.kept)} keep, {len(self.rejected)} reject{gone}"


@dataclass(frozen=True, slots=True)
class Learned:
    """The model with the labels in it, and how well the labels are told apart without them and with them.

    Both are chances that a keep scores above a reject. `after` comes from models that had not seen the two
    labels.
    """

    novelty: Novelty
    before: float
    after: float

    def __str__(self) -> str:
        """Describe what was learned for a summary."""
        return f"told apart {self.before:.3f} before, {self.after:.3f} after (AUROC, labels held out)"


def read(store: ObjectStore, embedder: Embedder) -> Labelled:
    """All labels of a place whose pictures are there.

    Raises:
        UsageError: too few of either word.
    """
    labels = list(read_labels(store))
    kept = sum(label.keep for label in labels)
    _check(kept, len(labels) - kept)
    rows: dict[bool, list[Vectors]] = {True: [], False: []}
    unreadable = 0
    for label in labels:
        data = picture_of(store, label)
        try:
            if data is None:
                unreadable += 1
            else:
                rows[label.keep].append(embedder.vectors(_small(data), imitate=False))
        except PermanentError:
            unreadable += 1
    _check(len(rows[True]), len(rows[False]))
    return Labelled(_ordered(rows[True]), _ordered(rows[False]), unreadable)


def _ordered(rows: list[Vectors]) -> Vectors:
    """Stack rows in the order of their bytes, so that the candidates' names do not change what is learned."""
    return np.concatenate(sorted(rows, key=lambda row: row.tobytes()))


def _check(kept: int, rejected: int) -> None:
    if min(kept, rejected) < FEWEST:
        raise UsageError(
            f"labels on {kept} keeps and {rejected} rejects can be read; give at least {FEWEST} of each"
            " with `bowerbird label PLACE`"
        )


def learn(base: Novelty, labelled: Labelled, seen: Mapping[str, Vectors]) -> Learned:
    """Add what the labels say to a model: a picture nearer the keeps goes up, one nearer the rejects down.

    The threshold stays. A picture that is as near to the keeps as to the rejects keeps its score. The better
    the part tells apart labels that it has not seen, the more it counts; labels without a pattern change
    nothing. `seen` are the vectors behind the scores in `base.reference`, by the same names and in the same
    order. The part has seen none of them.
    """
    points = np.concatenate([labelled.kept, labelled.rejected])
    loved = np.arange(len(points)) < len(labelled.kept)
    head, unseen = _head(points, loved), _held_out(points, loved)
    skill = max(0.0, 2.0 * auroc(unseen[loved], unseen[~loved]) - 1.0)
    deviation = float(np.sqrt(np.mean(unseen**2)))
    weight = fit.REJECTS_WEIGHT * skill
    part = Part(head, (0, points.shape[1]), deviation=deviation, weight=weight)
    reference = {name: base.reference[name] + part.score(vectors) for name, vectors in seen.items()}
    before = base.score(points)
    after = before + weight * unseen / deviation
    return Learned(
        Novelty((*base.parts, part), base.threshold, reference),
        auroc(before[loved], before[~loved]),
        auroc(after[loved], after[~loved]),
    )


def _head(points: Vectors, loved: NDArray[np.bool_]) -> Linear:
    """Fit a head in which keeps and rejects have equal say, however many there are of each."""
    return fit.linear(points, loved, np.where(loved, 1 / loved.sum(), 1 / (~loved).sum()))


def _held_out(points: Vectors, loved: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give each label's log-odds by a head that had not seen it, (N,)."""
    scores = np.empty(len(points))
    for known, unknown in StratifiedKFold(fit.FOLDS, shuffle=True, random_state=0).split(points, loved):
        scores[unknown] = _head(points[known], loved[known]).score(points[unknown])
    return scores


def _small(data: bytes) -> bytes:
    """Make a small copy from the survivor itself, where no other copy is stored."""
    image = imaging.decode(data)
    return data if max(image.size) <= _SIDE else imaging.thumbnail(image, _SIDE)
