"""What a margin for previews promises."""

import numpy as np
import pytest

from bowerbird.core.errors import UsageError
from bowerbird.training.preview_copies import COPIES
from bowerbird.training.previews import GOES_ON, Seen, margin, margins


def test_the_margin_lets_as_many_copies_go_on_as_it_says() -> None:
    rng = np.random.default_rng(0)
    full = rng.normal(0, 1, 5000)
    small = full + rng.normal(-0.1, 0.2, 5000)
    found = margin(full, small, threshold=-1.0)
    passing = full >= -1.0
    assert found.chosen == f"99% of {passing.sum()} copies of passing photographs go on"
    assert GOES_ON <= (small[passing] >= -1.0 - found.value).mean() < GOES_ON + 0.003
    assert found.saved == (small[~passing] < -1.0 - found.value).mean()
    assert 0.1 < found.saved < 0.9


def test_copies_that_score_as_high_as_their_originals_need_none() -> None:
    full = np.linspace(0, 1, 200)
    assert margin(full, full, threshold=0.0).value == 0


def test_too_few_pictures_that_pass_are_told_about() -> None:
    with pytest.raises(UsageError, match="99 copies of pictures that pass, 100 are needed"):
        margin(np.r_[np.ones(99), np.zeros(50)], np.ones(149), threshold=0.5)


def seen(count: int, full: float, glance: float, *, large: bool) -> list[Seen]:
    return [Seen(full, (full,) * COPIES if large else (), (glance, 9.0, 9.0)) for _ in range(count)]


def test_a_glance_is_trusted_as_far_as_its_lowest_copies_allow() -> None:
    passing = [Seen(1.0, (1.0,) * COPIES, (-index / 1000, 9.0, 9.0)) for index in range(400)]
    preview, glance = margins(passing + seen(50, -9.0, -8.0, large=False), threshold=0.0)
    assert glance is not None
    assert preview.value == 0
    # Of 400 pictures, the lowest shows 99.25 % with 95 % confidence and the second lowest less than 99 %.
    assert glance.value == 0.399
    assert glance.chosen.startswith("99.25% of what passes goes on, at 95% confidence, from 400 photographs")
    assert glance.saved == 1.0


def test_small_pictures_count_for_glances_though_they_have_no_previews() -> None:
    _, glance = margins(seen(40, 1.0, 0.5, large=True) + seen(5, 1.0, -2.0, large=False), threshold=0.0)
    assert glance is not None
    assert glance.value == 2.0
    assert "from 45 photographs" in glance.chosen


def test_without_a_network_for_glances_there_is_no_margin_for_them() -> None:
    assert margins([Seen(1.0, (1.0,) * COPIES, ())] * 40, threshold=0.0)[1] is None
