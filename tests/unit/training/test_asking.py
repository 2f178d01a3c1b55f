"""What is asked first, and what looks alike, on vectors made by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bowerbird.training.asking import Pool

Vectors = NDArray[np.float32]
CENTRE = np.zeros(8, np.float32)


def near(axis: int, count: int) -> Vectors:
    """Unit vectors close to one axis of eight."""
    points = np.random.default_rng(axis).normal(0, 0.05, (count, 8)) + np.eye(8)[axis]
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def kind(row: int) -> str:
    return "many" if row < 30 else "some" if row < 40 else "one"


# Thirty pictures of one kind, ten of another, one of a third.
POOL = Pool(np.concatenate([near(0, 30), near(1, 10), near(2, 1)]), CENTRE)
LET_IN = np.full(41, 1.0)


def test_a_picture_that_speaks_for_many_is_asked_first_and_then_another_kind() -> None:
    assert [kind(row) for row in POOL.questions(LET_IN, [], 3)] == ["many", "some", "many"]


def test_what_an_answer_settled_is_not_asked_again() -> None:
    first, *_ = POOL.questions(LET_IN, [], 1)
    again = POOL.questions(LET_IN, [first], 41)

    assert kind(again[0]) == "some"
    assert first not in again
    assert len(again) == len(set(again)) == 40


def test_what_lies_far_below_the_threshold_is_not_worth_a_question() -> None:
    margins = np.where(np.arange(41) < 30, -8.0, 1.0)

    assert kind(POOL.questions(margins, [], 1)[0]) == "some"


def test_groups_that_look_alike_are_whole_and_the_lonely_one_is_left_out() -> None:
    groups = POOL.alike(list(range(41)))

    assert [{kind(row) for row in group} for group in groups] == [{"many"}, {"some"}]
    assert sorted(groups[1]) == list(range(30, 40))


def test_three_pictures_are_no_group() -> None:
    assert POOL.alike([0, 1, 2]) == []
