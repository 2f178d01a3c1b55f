"""What answers brought, estimated from labels that were not drawn evenly."""

from __future__ import annotations

import numpy as np
import pytest

from bowerbird.training.gains import Gain, Scored, estimate, told

# 1,000 pictures: a tenth is let in, half of it wanted; nothing far below is.
EVERYTHING = np.r_[np.full(100, 1.0), np.full(900, -3.0)]
NOBODY = Scored(np.empty(0), np.empty(0))


def labelled(wanted: int, unwanted: int, moved: int) -> tuple[Scored, np.ndarray]:
    """Answers on what is let in; so many of the unwanted ones are moved out."""
    loved = np.arange(wanted + unwanted) < wanted
    moves = np.where(np.arange(wanted + unwanted) >= wanted + unwanted - moved, -2.0, 0.0)
    return Scored(np.full(wanted + unwanted, 1.0), moves), loved


def test_labels_of_what_is_let_in_stand_for_all_of_it() -> None:
    gain = estimate(*labelled(20, 20, moved=15), NOBODY, EVERYTHING)

    assert gain is not None
    # Half of the 100 let in are unwanted, and so are the 900 below: 50 of 950, and a quarter of that after.
    assert gain.before == pytest.approx(100 * 50 / 950, rel=0.01)
    assert gain.after == pytest.approx(100 * 12.5 / 950, rel=0.01)
    assert gain.after < gain.most < 2 * gain.before
    assert (gain.rightly, gain.stay) == (20, 20)
    assert gain.fewer


def test_few_answers_leave_more_open_than_many() -> None:
    few, many = (estimate(*labelled(each, each, moved=each), NOBODY, EVERYTHING) for each in (8, 80))

    assert few is not None
    assert many is not None
    assert few.most == many.most == 0  # all that was let in has gone
    few, many = (estimate(*labelled(each, each, moved=each // 2), NOBODY, EVERYTHING) for each in (8, 80))
    assert few is not None
    assert many is not None
    assert few.most > many.most > 100 * 25 / 950


def test_what_comes_in_from_below_counts_although_nobody_was_asked() -> None:
    below = Scored(np.full(90, -3.0), np.r_[np.full(9, 4.0), np.zeros(81)])
    gain = estimate(*labelled(20, 20, moved=0), below, EVERYTHING)

    assert gain is not None
    assert gain.after == pytest.approx(100 * (50 + 90) / 950, rel=0.01)
    assert gain.most > gain.after
    assert not gain.fewer


def test_answers_that_move_nothing_are_too_close_to_call() -> None:
    gain = estimate(*labelled(20, 20, moved=0), NOBODY, EVERYTHING)

    assert gain is not None
    assert not gain.fewer
    assert "too close to call" in told(gain, 40)


@pytest.mark.parametrize(("wanted", "unwanted"), [(7, 7), (4, 30), (30, 4), (0, 40)])
def test_it_is_too_early_to_say(wanted: int, unwanted: int) -> None:
    gain = estimate(*labelled(wanted, unwanted, moved=2), NOBODY, EVERYTHING)

    assert gain is None
    assert "Too early to say" in told(gain, wanted + unwanted)


def test_the_gain_is_told_in_plain_words() -> None:
    assert told(Gain(16.2, 6.1, 11.2, fewer=True, rightly=7, stay=6), 20) == (
        "20 answers: of 100 pictures you would not keep, about 16 were let in, and about 6 are now; at "
        "most 11. Of the 7 that were kept rightly, 6 stay."
    )
    assert told(Gain(16.2, 17.3, 51.2, fewer=False, rightly=7, stay=6), 20) == (
        "20 answers: of 100 pictures you would not keep, at most 51 are let in now; whether these are "
        "fewer is too close to call yet. Of the 7 that were kept rightly, 6 stay."
    )
