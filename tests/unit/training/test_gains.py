"""What answers brought, estimated from labels that were not drawn evenly."""

from __future__ import annotations

import numpy as np
import pytest

from bowerbird.training.gains import Gain, Scored, Share, estimate, told

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
    assert gain.before.about == pytest.approx(100 * 50 / 950, rel=0.01)
    assert gain.after.about == pytest.approx(100 * 12.5 / 950, rel=0.01)
    assert gain.after.low < gain.after.about < gain.after.high < gain.before.about
    assert (gain.rightly, gain.stay) == (20, 20)
    assert gain.sure


def test_what_comes_in_from_below_counts_although_nobody_was_asked() -> None:
    below = Scored(np.full(90, -3.0), np.r_[np.full(9, 4.0), np.zeros(81)])
    gain = estimate(*labelled(20, 20, moved=0), below, EVERYTHING)

    assert gain is not None
    assert gain.after.about == pytest.approx(100 * (50 + 90) / 950, rel=0.01)


def test_answers_that_move_nothing_are_too_close_to_call() -> None:
    gain = estimate(*labelled(20, 20, moved=0), NOBODY, EVERYTHING)

    assert gain is not None
    assert not gain.sure
    assert "too close to call" in told(gain, 40)


@pytest.mark.parametrize(("wanted", "unwanted"), [(7, 7), (4, 30), (30, 4), (0, 40)])
def test_it_is_too_early_to_say(wanted: int, unwanted: int) -> None:
    gain = estimate(*labelled(wanted, unwanted, moved=2), NOBODY, EVERYTHING)

    assert gain is None
    assert "Too early to say" in told(gain, wanted + unwanted)


def test_the_gain_is_told_in_plain_words() -> None:
    gain = Gain(Share(16.2, 9, 22), Share(6.1, 1.26, 11), sure=True, rightly=7, stay=6)

    assert told(gain, 20) == (
        "20 answers: of 100 pictures you would not keep, about 16 were let in, and now 6 (between 1.3 and "
        "11). Of the 7 that were kept rightly, 6 stay."
    )
