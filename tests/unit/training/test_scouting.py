"""What a scout's floor promises, held against scores whose distribution is known."""

import numpy as np
import pytest
from scipy.stats import norm

from bowerbird.training.scouting import CONFIDENCE, GOES_ON, trust


@pytest.mark.parametrize("count", [600, 2000])
def test_the_promise_is_kept_as_often_as_it_says(count: int) -> None:
    chance = np.random.default_rng(count)
    floors = [trust(chance.standard_normal(count)).floor for _ in range(500)]
    kept = np.mean(norm.sf(floors) >= GOES_ON)
    assert CONFIDENCE - 0.03 <= kept <= CONFIDENCE + 0.04


def test_many_pictures_allow_a_floor_above_the_lowest() -> None:
    scores = np.arange(5000.0)
    found = trust(scores)
    assert 0 < found.floor < 0.005 * len(scores)
    assert GOES_ON <= found.shown < GOES_ON + 0.001


@pytest.mark.parametrize(("count", "enough"), [(597, False), (598, True)])
def test_how_many_pictures_it_takes(count: int, enough: bool) -> None:
    assert (trust(np.arange(float(count))).shown >= GOES_ON) is enough


def test_a_few_pictures_show_little() -> None:
    found = trust(np.array([3.0, 1.0, 2.0]))
    assert (found.floor, found.pictures) == (1.0, 3)
    assert found.shown == pytest.approx(0.05 ** (1 / 3))
