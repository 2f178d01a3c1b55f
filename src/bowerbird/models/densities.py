"""The densities a novelty model is made of: plain float32 arrays, vectorised scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Final, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Half = NDArray[np.float16]

_LOG_2PI: Final = float(np.log(2.0 * np.pi))

# From so many rows on, BLAS is worth its threads.
_MANY: Final = 32


class Density(Protocol):
    """Scores unit vectors (N, D) → (N,); higher is more likely."""

    kind: ClassVar[str]

    @property
    def dim(self) -> int:
        """D."""
        ...

    def score(self, vectors: Array) -> Array:
        """(N, D) → (N,)."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to store; the constructor's arguments."""
        ...

    def within(self, basis: Array) -> Density:
        """Return the same density for vectors that are told by fewer numbers.

        `basis` is (B, D): the new density says of numbers (N, B) what this one says of `numbers @ basis`.
        """
        ...


class _Arrays:
    """A density whose fields are exactly its stored arrays."""

    __slots__ = ()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to store; the constructor's arguments."""
        return {item.name: getattr(self, item.name) for item in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Mixture(_Arrays):
    """A Gaussian mixture; the score is the log-likelihood in nats.

    `basis` (D, P) and `centre` (D) project a row first. Then come `weights` (K), `means` (K, P) and
    `precisions`, which are scikit-learn's `precisions_cholesky_`. Their shape depends on `covariance`: (K, P,
    P) for `full`, (P, P) for `tied`, (K, P) for `diag`. The literature calls a single covariance Mahalanobis.
    """

    kind: ClassVar[str] = "mixture"

    covariance: NDArray[np.str_]
    weights: Array
    means: Array
    precisions: Array
    basis: Array
    centre: Array

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other."""
        count, width = self.means.shape
        shapes = {"full": (count, width, width), "tied": (width, width), "diag": (count, width)}
        if self.precisions.shape != shapes[str(self.covariance)] or self.weights.shape != (count,):
            raise ValueError(f"mixture of {self.means.shape} means has precisions {self.precisions.shape}")
        if self.basis.shape != (self.centre.shape[0], width):
            raise ValueError(f"mixture of {self.means.shape} means has a basis {self.basis.shape}")

    @property
    def dim(self) -> int:
        """Length of the vectors before projection."""
        return int(self.centre.shape[0])

    def score(self, vectors: Array) -> Array:
        """Return the log-likelihood of each vector, (N,)."""
        count, width = self.means.shape
        tied = str(self.covariance) == "tied"
        points = _product(vectors - self.centre, self.basis)
        joint = np.empty((count, len(vectors)), np.float32)
        for index in range(count):
            factor = self.precisions if tied else self.precisions[index]
            difference = points - self.means[index]
            whitened = difference * factor if factor.ndim == 1 else _product(difference, factor)
            diagonal = factor if factor.ndim == 1 else np.diagonal(factor)
            joint[index] = (
                np.log(self.weights[index])
                + np.log(diagonal).sum()
                - 0.5 * (width * _LOG_2PI + np.einsum("np,np->n", whitened, whitened))
            )
        top = joint.max(axis=0)
        total: Array = top + np.log(np.exp(joint - top).sum(axis=0))
        return total

    def within(self, basis: Array) -> Mixture:
        """See `Density`: the centre is taken off the means, so that none is left to take off a vector."""
        means = self.means + self.centre @ self.basis
        return replace(self, means=means, basis=basis @ self.basis, centre=np.zeros(len(basis), np.float32))


@dataclass(frozen=True, slots=True)
class Neighbours(_Arrays):
    """Mean cosine similarity to the `k` nearest of the owner's pictures, `reference` (M, D)."""

    kind: ClassVar[str] = "neighbours"

    reference: Array | Half
    k: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse a k that the reference cannot serve."""
        if self.reference.ndim != 2 or not 1 <= int(self.k) <= len(self.reference):  # noqa: PLR2004
            raise ValueError(f"{self.k} neighbours of a reference of shape {self.reference.shape}")

    @property
    def dim(self) -> int:
        """Length of the vectors."""
        return int(self.reference.shape[1])

    def score(self, vectors: Array) -> Array:
        """Return the mean of the k largest cosines, (N,)."""
        return _nearest(vectors, self.reference.astype(np.float32, copy=False), int(self.k))

    def within(self, basis: Array) -> Neighbours:
        """See `Density`."""
        return replace(self, reference=self.reference.astype(np.float32, copy=False) @ basis.T)


@dataclass(frozen=True, slots=True)
class Commonness:
    """Mean cosine similarity to the `k` nearest ordinary pictures, `reference` (M, D).

    A sum takes it with a negative weight. The pictures are the bundle's background, or those of its `rows`
    (M,) that are no copies of the owner's; the vectors themselves are not stored with the model.
    """

    kind: ClassVar[str] = "background"

    reference: Array
    rows: NDArray[np.int64]
    k: NDArray[np.int64]

    @classmethod
    def among(cls, background: Array, rows: NDArray[np.integer[Any]], k: NDArray[np.int64]) -> Commonness:
        """Take these rows (M,) of a background (B, D).

        Raises:
            ValueError: there are no such rows, or fewer than `k`.
        """
        if rows.ndim != 1 or not np.isin(rows, np.arange(len(background))).all():
            raise ValueError(f"rows of shape {rows.shape} of a background of {len(background)} pictures")
        return cls(background[rows], rows.astype(np.int64), k)

    def __post_init__(self) -> None:
        """Refuse a k that the reference cannot serve."""
        if self.reference.ndim != 2 or not 1 <= int(self.k) <= len(self.reference):  # noqa: PLR2004
            raise ValueError(f"{self.k} neighbours of a background of shape {self.reference.shape}")

    @property
    def dim(self) -> int:
        """Length of the vectors."""
        return int(self.reference.shape[1])

    def score(self, vectors: Array) -> Array:
        """Return the mean of the k largest cosines, (N,)."""
        return _nearest(vectors, self.reference, int(self.k))

    def within(self, basis: Array) -> Commonness:
        """See `Density`."""
        return replace(self, reference=self.reference @ basis.T)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What to store beside the background."""
        return {"rows": self.rows.astype(np.int16), "k": self.k}


@dataclass(frozen=True, slots=True)
class Linear(_Arrays):
    """A supervised head: log-odds of being loved, `vectors @ coefficients + intercept`."""

    kind: ClassVar[str] = "linear"

    coefficients: Array
    intercept: Array | np.float32

    def __post_init__(self) -> None:
        """Refuse anything but one output."""
        if self.coefficients.ndim != 1 or self.intercept.ndim != 0:
            raise ValueError(f"linear head of shape {self.coefficients.shape}")

    @property
    def dim(self) -> int:
        """Length of the vectors."""
        return int(self.coefficients.shape[0])

    def score(self, vectors: Array) -> Array:
        """Return the log-odds, (N,)."""
        odds: Array = vectors @ self.coefficients.astype(np.float32) + self.intercept
        return odds

    def within(self, basis: Array) -> Linear:
        """See `Density`."""
        return replace(self, coefficients=basis @ self.coefficients.astype(np.float32))


@dataclass(frozen=True, slots=True)
class AgainstStream(Linear):
    """A head that tells the owner's pictures from a sample of a stream.

    `heldout` (N,) is what heads that had not seen the owner's pictures say of them. With it, the head can be
    taken off again when the model is held against another sample.
    """

    kind: ClassVar[str] = "stream"

    heldout: Array


def unit(vectors: Array) -> Array:
    """Scale rows to unit length, (N, D) → (N, D)."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Array = vectors / np.maximum(norms, np.finfo(np.float32).tiny)
    return scaled


def _nearest(vectors: Array, reference: Array, k: int) -> Array:
    nearest: Array = np.partition(_product(vectors, reference.T), -k, axis=1)[:, -k:].mean(axis=1)
    return nearest


def _product(rows: Array, matrix: Array) -> Array:
    """`rows @ matrix`, (N, P) and (P, Q) to (N, Q).

    The row of a single picture is multiplied without BLAS. The threads of BLAS share even such a small
    product, and then go on turning for milliseconds: it cost 8 ms of CPU on two cores, and 0.5 ms on one
    without BLAS.
    """
    product: Array = rows @ matrix if len(rows) >= _MANY else np.einsum("np,pq->nq", rows, matrix)
    return product


KINDS: Final[Mapping[str, Any]] = {
    density.kind: density for density in (Mixture, Neighbours, Commonness, Linear, AgainstStream)
}
