"""How much of an unlabelled stream is good, on mixtures whose share is known."""

from __future__ import annotations

import numpy as np
import pytest

from bowerbird.training.share import Scores, lowest, share_of_good

SEEDS = range(8)


def mixture(
    part: float, seed: int, *, apart: float = 3.0, own: int = 150, size: int = 1000
) -> tuple[Scores, Scores]:
    """Scores of an owner's pictures and of a stream in which so many are like them."""
    rng = np.random.default_rng(seed)
    loved = rng.random(size) < part
    return rng.normal(size=own), np.where(loved, rng.normal(size=size), rng.normal(-apart, 1.0, size))


@pytest.mark.parametrize("part", [0.0, 0.03, 0.1, 0.3, 0.7])
def test_the_interval_holds_the_share_and_the_estimate_is_near(part: float) -> None:
    found = [share_of_good(*mixture(part, seed)) for seed in SEEDS]
    assert sum(part in each for each in found) >= len(SEEDS) - 1
    assert np.mean([each.value for each in found]) == pytest.approx(part, abs=0.01 + 0.15 * part)


def test_a_stream_like_the_owners_pictures_is_all_good() -> None:
    assert share_of_good(*mixture(1.0, 0)).value > 0.85


def test_where_nothing_tells_them_apart_it_is_an_upper_bound() -> None:
    good, stream = mixture(0.1, 0, apart=1.0)
    assert lowest(good, stream) > 0.1
    assert share_of_good(good, stream).high > 0.1


def test_more_pictures_narrow_it() -> None:
    few, many = (share_of_good(*mixture(0.1, 3, size=size)) for size in (300, 5000))
    assert many.high - many.low < few.high - few.low


def test_the_same_scores_give_the_same_interval() -> None:
    assert share_of_good(*mixture(0.1, 0)) == share_of_good(*mixture(0.1, 0))
