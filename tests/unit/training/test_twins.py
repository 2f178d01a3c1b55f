"""Near copies within a collection."""

import numpy as np
import pytest

from bowerbird.training.twins import groups, of


def spread(count: int, seed: int = 0, dim: int = 64, common: float = 0.0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(count, dim))
    points[:, 0] += common
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def moved(vectors: np.ndarray, by: float) -> np.ndarray:
    noise = np.random.default_rng(9).normal(size=vectors.shape) * by / np.sqrt(vectors.shape[1])
    return ((vectors + noise) / np.linalg.norm(vectors + noise, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("common", [0.0, 12.0])  # an encoder that spreads pictures, and one that does not
def test_copies_are_found_however_wide_the_encoder_spreads_pictures(common: float) -> None:
    own = spread(40, common=common)
    usual = np.sqrt(2 * np.median((1 - own @ own.T)[np.triu_indices(40, 1)]))

    assert groups(own).tolist() == list(range(40))
    found = groups(np.concatenate([own, moved(own[:10], 0.2 * usual)]))
    assert found.tolist() == [*range(40), *range(10)]


def test_a_twin_of_a_twin_is_one() -> None:
    own = spread(40)
    chain = [own[:1]]
    for _ in range(3):
        chain.append(moved(chain[-1], 0.3))

    assert len(set(groups(np.concatenate([own, *chain[1:]]))[40:]) | {0}) == 1


def test_a_collection_of_one_picture_many_times_is_one() -> None:
    assert set(groups(np.repeat(spread(1), 30, axis=0))) == {0}
    assert groups(spread(1)).tolist() == [0]


def test_copies_among_other_pictures_are_found() -> None:
    own, others = spread(40), spread(60, seed=1)
    usual = np.sqrt(2 * np.median((1 - own @ own.T)[np.triu_indices(40, 1)]))

    found = of(own, np.concatenate([others, moved(own[:5], 0.2 * usual)]))

    assert found.tolist() == [False] * 60 + [True] * 5
    assert of(own[:0], others).tolist() == [False] * 60
