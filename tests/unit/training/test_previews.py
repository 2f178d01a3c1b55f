"""What a margin for previews promises."""

import numpy as np
import pytest

from bowerbird.core.errors import UsageError
from bowerbird.training.preview_copies import COPIES
from bowerbird.training.previews import Seen, margin, margins


def test_the_margin_loses_no_more_than_it_says() -> None:
    """Of new pictures, in nearly every one of many owners' measurements."""
    rng = np.random.default_rng(0)

    def drawn(count: int) -> list[Seen]:
        full = rng.normal(0, 1, count)
        copies = full[:, None] + rng.normal(-0.1, 0.3, (count, COPIES))
        return [Seen(float(each), tuple(row), ()) for each, row in zip(full, copies.tolist(), strict=True)]

    new = drawn(20_000)
    lowest = np.array([min(each.previews) for each in new])
    passing, within = np.array([each.full >= -1.0 for each in new]), 0
    for _ in range(40):
        measured = drawn(400)
        found = margin(measured, [each.previews for each in measured], threshold=-1.0)
        shown = float(found.chosen.partition("%")[0]) / 100
        within += (lowest[passing] >= -1.0 - found.value).mean() >= shown
        assert found.saved > 0.1
    assert within >= 34  # of 40 that are each right with 95 %


def test_copies_that_score_as_high_as_their_originals_need_none() -> None:
    seen = [Seen(each, (each,) * COPIES, ()) for each in np.linspace(0, 1, 200).tolist()]
    assert margin(seen, [each.previews for each in seen], threshold=0.0).value == 0


def test_few_pictures_near_the_threshold_do_not_make_the_margin_nothing() -> None:
    """One picture of 138 stands near the threshold, and two of its three copies fall below it."""
    high = [Seen(5.0, (4.0,) * COPIES, ())] * 137
    preview, _ = margins([*high, Seen(0.2, (0.1, -0.4, -0.3), ())], threshold=0.0)
    assert preview.value == 0.4
    assert preview.chosen.startswith("97.85% of what passes goes on, at 95% confidence, from 138 photographs")


def test_the_sentence_says_how_many_pictures_the_model_was_fitted_on() -> None:
    """Of those that pass; the others have no say in the margin."""
    new, known = Seen(1.0, (0.5,) * COPIES, ()), Seen(1.0, (0.6,) * COPIES, (), learnt=True)
    failing = Seen(-1.0, (0.6,) * COPIES, (), learnt=True)
    told = [
        margins([*each, failing], threshold=0.0)[0].chosen for each in ([new] * 50, [new] * 30 + [known] * 20)
    ]
    assert told[0].endswith("from 50 photographs in copies as hosts offer them")
    assert told[1].endswith(
        "from 50 photographs in copies as hosts offer them; the model was fitted on 20 of these"
    )


def test_too_few_pictures_that_pass_are_told_about() -> None:
    passing, low = [Seen(1.0, (1.0,) * COPIES, ())] * 28, [Seen(0.0, (1.0,) * COPIES, ())] * 50
    with pytest.raises(UsageError, match="28 of the 29 that are needed"):
        margins(passing + low, threshold=0.5)


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
