"""What a margin for previews promises."""

import numpy as np
import pytest

from bowerbird.core.errors import UsageError
from bowerbird.training.previews import GOES_ON, margin


def test_the_margin_lets_as_many_copies_go_on_as_it_says() -> None:
    rng = np.random.default_rng(0)
    full = rng.normal(0, 1, 5000)
    small = full + rng.normal(-0.1, 0.2, 5000)
    found = margin(full, small, threshold=-1.0)
    passing = full >= -1.0
    assert found.passing == passing.sum()
    assert GOES_ON <= (small[passing] >= -1.0 - found.value).mean() < GOES_ON + 0.003
    assert found.saved == (small[~passing] < -1.0 - found.value).mean()
    assert 0.1 < found.saved < 0.9


def test_copies_that_score_as_high_as_their_originals_need_none() -> None:
    full = np.linspace(0, 1, 200)
    assert margin(full, full, threshold=0.0).value == 0


def test_too_few_pictures_that_pass_are_told_about() -> None:
    with pytest.raises(UsageError, match="99 copies of pictures that pass, 100 are needed"):
        margin(np.r_[np.ones(99), np.zeros(50)], np.ones(149), threshold=0.5)
