from collections.abc import Callable

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from bowerbird.models.densities import AgainstStream, Commonness, Density, Linear, Mixture, Neighbours

POINTS = np.random.default_rng(1).normal(size=(400, 6)).astype(np.float32)


def mixture(covariance: str, count: int) -> tuple[GaussianMixture, Mixture]:
    reference = GaussianMixture(count, covariance_type=covariance, random_state=0).fit(POINTS)
    ours = Mixture(
        np.asarray(covariance),
        reference.weights_.astype(np.float32),
        reference.means_.astype(np.float32),
        reference.precisions_cholesky_.astype(np.float32),
        np.eye(6, dtype=np.float32),
        np.zeros(6, np.float32),
    )
    return reference, ours


@pytest.mark.parametrize("covariance", ["full", "tied", "diag"])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_mixture_scores_as_scikit_learn(covariance: str, count: int) -> None:
    reference, ours = mixture(covariance, count)

    assert ours.score(POINTS) == pytest.approx(reference.score_samples(POINTS), abs=1e-3)


def test_mixture_projects_first() -> None:
    _, ours = mixture("full", 2)
    basis = np.linalg.qr(np.random.default_rng(2).normal(size=(9, 9)))[0][:, :6].astype(np.float32)
    centre = np.full(9, 0.5, np.float32)
    projected = Mixture(ours.covariance, ours.weights, ours.means, ours.precisions, basis, centre)
    wide = POINTS @ basis.T + centre

    assert projected.score(wide) == pytest.approx(ours.score(POINTS), abs=1e-3)
    assert projected.dim == 9


def test_neighbours_is_the_mean_of_the_nearest_cosines() -> None:
    density = Neighbours(np.eye(3, dtype=np.float16), np.asarray(2))

    assert density.score(np.array([[0.6, 0.8, 0.0]], np.float32)) == pytest.approx([0.7], abs=1e-6)


def test_linear_is_a_dot_product() -> None:
    head = Linear(np.array([1.0, -2.0], np.float32), np.float32(0.5))

    assert head.score(np.array([[1.0, 1.0], [0.0, 1.0]], np.float32)) == pytest.approx([-0.5, -1.5])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Neighbours(np.eye(3, dtype=np.float16), np.asarray(4)), "4 neighbours"),
        (lambda: Linear(np.eye(3, dtype=np.float32), np.float32(0)), "linear head"),
        (lambda: mixture("full", 2)[1].__class__(*broken_mixture()), "precisions"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def broken_mixture() -> tuple[np.ndarray, ...]:
    ours = mixture("full", 2)[1]
    return np.asarray("diag"), ours.weights, ours.means, ours.precisions, ours.basis, ours.centre


def _kinds() -> dict[str, Density]:
    rng = np.random.default_rng(4)
    wide = rng.normal(size=(40, 9)).astype(np.float32)
    _, gaussian = mixture("tied", 3)
    axes = np.linalg.qr(rng.normal(size=(9, 9)))[0][:, :6].astype(np.float32)
    centre = np.full(9, 0.5, np.float32)
    return {
        "mixture": Mixture(
            gaussian.covariance, gaussian.weights, gaussian.means, gaussian.precisions, axes, centre
        ),
        "neighbours": Neighbours(wide, np.asarray(3)),
        "neighbours in half precision": Neighbours(wide.astype(np.float16), np.asarray(3)),
        "background": Commonness(wide, np.arange(40), np.asarray(5)),
        "linear": Linear(wide[0], np.float32(0.5)),
        "stream": AgainstStream(wide[0], np.float32(0.5), wide[1]),
    }


@pytest.mark.parametrize("kind", _kinds())
def test_vectors_told_by_fewer_numbers_score_as_they_are_whole(kind: str) -> None:
    density = _kinds()[kind]
    basis = np.random.default_rng(5).normal(size=(4, 9)).astype(np.float32)
    short = np.random.default_rng(6).normal(size=(50, 4)).astype(np.float32)
    within = density.within(basis)

    assert within.dim == 4
    assert type(within) is type(density)
    assert within.score(short) == pytest.approx(density.score(short @ basis), rel=1e-4, abs=1e-3)
