"""Scores how much a picture looks like what the owner loves by its embedding; plain arrays, scored in numpy.

The score is a weighted sum of a few parts. Each part is standardised on held-out pictures of the owner: 0 is
an average picture they love, and -1 is one standard deviation worse. A single part with weight 1, mean 0 and
deviation 1 scores in its own unit. For a mixture that is the log-likelihood in nats. Likeness to ordinary
pictures has a negative weight, which makes the sum a ratio of likelihoods.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError
from bowerbird.core.whole import write_whole
from bowerbird.models import arrays as stored
from bowerbird.models.background import Background
from bowerbird.models.densities import KINDS, Commonness, Density, Linear, Neighbours, unit

Scores = NDArray[np.float64]
Embeddings = NDArray[np.float32]

SAMPLES: Final = ("training", "heldout", "rejects")

# As a model holds its pictures, in half precision, a picture's cosine to itself is above this. Of twelve
# pictures, six had .9999 and more, and the six that lite was not fitted on .67 to .86 to the nearest.
_SAME: Final = 0.999

_TINY: Final = float(np.finfo(np.float32).tiny)

# The stored arrays of a density that are texts.
_WORDS: Final = frozenset({"covariance"})


@dataclass(frozen=True, slots=True)
class Part:
    """One density on a span of the embedding, with its place in the sum.

    The span is scaled to unit length first. `mean` and `deviation` are those of held-out scores. Where
    vectors are told by fewer numbers (`within`), `metric` (B, B) gives the length that the span would have.
    """

    density: Density
    span: tuple[int, int]
    mean: float = 0.0
    deviation: float = 1.0
    weight: float = 1.0
    metric: Embeddings | None = None

    def raw(self, embeddings: Embeddings) -> Scores:
        """Return the density's own scores, (N,)."""
        return self.density.score(self._unit(embeddings)).astype(np.float64)

    def _unit(self, embeddings: Embeddings) -> Embeddings:
        if self.metric is None:
            return unit(embeddings[:, slice(*self.span)])
        squares = np.einsum("nb,bc,nc->n", embeddings, self.metric, embeddings)
        scaled: Embeddings = embeddings / np.sqrt(np.maximum(squares, _TINY))[:, None]
        return scaled

    def within(self, basis: Embeddings) -> Part:
        """Return this part for vectors that are told by fewer numbers; see `Novelty.within`."""
        own = basis[:, slice(*self.span)]
        return replace(self, density=self.density.within(own), span=(0, len(own)), metric=own @ own.T)

    def score(self, embeddings: Embeddings) -> Scores:
        """Return this part's contribution to the sum, (N,)."""
        return self.weight * (self.raw(embeddings) - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Novelty:
    """The owner's model. `reference` holds samples of scores (training, heldout, rejects) for histograms.

    A picture whose preview scores less than `threshold - preview_margin` will not pass; None: not measured.
    """

    parts: tuple[Part, ...]
    threshold: float
    reference: Mapping[str, Scores] = field(default_factory=dict)
    preview_margin: float | None = None

    def learnt(self, embeddings: Embeddings) -> NDArray[np.bool_]:
        """Tell which unit vectors, (N, D) → (N,), are of pictures that the model was fitted on.

        Only a model of neighbours holds its pictures; of any other, none is known to be.
        """
        held = np.zeros(len(embeddings), np.bool_)
        for part in self.parts:
            if isinstance(part.density, Neighbours):
                vectors = unit(embeddings[:, slice(*part.span)])
                held |= (vectors @ part.density.reference.T).max(axis=1) >= _SAME
        return held

    def score(self, embeddings: Embeddings) -> Scores:
        """Score unit vectors, (N, D) → (N,); higher is more like what the owner loves."""
        total: Scores = np.sum([part.score(embeddings) for part in self.parts], axis=0)
        return total

    def within(self, basis: Embeddings) -> Novelty:
        """Return the same model for vectors that are told by fewer numbers.

        `basis` is (B, D): the new model says of numbers (N, B) what this one says of `numbers @ basis`. To
        compare 256 numbers with those of each picture costs a seventh of comparing 1,472.
        """
        return replace(self, parts=tuple(part.within(basis) for part in self.parts))


def load(
    path: Path,
    threshold: float,
    dim: int,
    preview_margin: float | None = None,
    background: Background | None = None,
) -> Novelty:
    """Read a model from its .npz; nothing in it is ever unpickled, nor unpacked before it is weighed.

    Raises:
        BundleError: unreadable, an unknown kind, arrays that are too large for an encoder of `dim` numbers or
            do not fit each other, or a part that wants a background where there is none.
    """
    try:
        arrays = stored.read(path, stored.most_bytes(dim))
        parts = tuple(_part(arrays, index, dim, background) for index in range(int(arrays["parts"])))
    except stored.DAMAGED as error:
        raise BundleError(f"{path} is not a novelty model: {error}") from error
    if not parts:
        raise BundleError(f"{path} is not a novelty model: it has no parts")
    reference = {name: arrays[f"scores.{name}"] for name in SAMPLES if f"scores.{name}" in arrays}
    return Novelty(parts, threshold, reference, preview_margin)


def load_linear(path: Path, dim: int) -> Linear:
    """Read a head on its own; nothing in it is ever unpickled.

    Raises:
        BundleError: unreadable, or not a linear head for `dim` numbers.
    """
    try:
        head = Linear(**_numbers(stored.read(path, stored.most_bytes(dim, rows=1))))
    except stored.DAMAGED as error:
        raise BundleError(f"{path} is not a linear head: {error}") from error
    if head.dim != dim:
        raise BundleError(f"{path} reads {head.dim} numbers, the encoder gives {dim}")
    return head


def save(novelty: Novelty, path: Path) -> None:
    """Write the model; the threshold belongs to the manifest."""
    arrays: dict[str, Any] = {"parts": np.asarray(len(novelty.parts))}
    for index, part in enumerate(novelty.parts):
        arrays[f"{index}.kind"] = np.asarray(part.density.kind)
        arrays[f"{index}.span"] = np.asarray(part.span)
        arrays[f"{index}.scale"] = np.asarray((part.mean, part.deviation, part.weight))
        arrays |= {f"{index}.{name}": array for name, array in part.density.arrays().items()}
    arrays |= {f"scores.{name}": np.asarray(scores) for name, scores in novelty.reference.items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    write_whole(path, packed.getvalue())


def _part(arrays: Mapping[str, NDArray[Any]], index: int, dim: int, background: Background | None) -> Part:
    own = {name.split(".", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{index}.")}
    kind = str(own.pop("kind"))
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is unknown; this version knows {', '.join(sorted(KINDS))}")
    start, stop = (int(bound) for bound in own.pop("span"))
    mean, deviation, weight = _scale(own.pop("scale"), index)
    words = {name: own.pop(name) for name in _WORDS & own.keys()}
    own = words | _numbers(own)
    density = _commonness(own, background) if kind == Commonness.kind else KINDS[kind](**own)
    if not 0 <= start < stop <= dim or density.dim != stop - start:
        raise ValueError(f"part {index} reads {density.dim} of {start}:{stop}, the encoder gives {dim}")
    return Part(density, (start, stop), mean, deviation, weight)


def _numbers(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return what a density computes with."""
    for name, array in arrays.items():
        if array.dtype.kind == "U" or not np.isfinite(array).all():
            raise ValueError(f"{name} holds something that is no number")
    # Half precision is for the disk: widening 1,300 references takes ten times as long as scoring with them.
    return {
        name: array.astype(np.float32) if array.dtype == np.float16 else array
        for name, array in arrays.items()
    }


def _commonness(own: Mapping[str, NDArray[Any]], background: Background | None) -> Commonness:
    if background is None:
        raise ValueError("it compares with the bundle's background, and the bundle has none")
    return Commonness.among(background.vectors, **own)


def _scale(numbers: NDArray[Any], index: int) -> tuple[float, float, float]:
    mean, deviation, weight = (float(value) for value in numbers)
    if not (np.isfinite((mean, deviation, weight)).all() and deviation > 0):
        raise ValueError(f"part {index} has a scale that is not finite")
    return mean, deviation, weight
