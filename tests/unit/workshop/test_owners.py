"""Owners drawn by picture, on vectors made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bowerbird.training import twins
from bowerbird.training.embedding import Collection
from layers.models.workshop.owners import World, backgrounds, draw_mixed

# Each picture is there twice: 120 that the owner loves and 600 others, in six collections.
ONCE = np.linalg.qr(np.random.default_rng(0).normal(size=(360, 360)))[0].astype(np.float32)
LOVED = np.arange(720) % 360 < 60
NOTHING = np.empty((0, 360), np.float32)
PICTURES = Collection(
    tuple(Path(f"{row % 6}__{row}.jpg") for row in range(720)),
    np.concatenate([ONCE, ONCE]),
    NOTHING,
    np.empty(0, np.int64),
    (),
)
WORLD = World(
    PICTURES,
    np.array([f"{row % 6}" for row in range(720)]),
    np.where(LOVED, "city", "rest"),
    ONCE[:120],
    np.array([f"{row % 6}" for row in range(120)]),
    None,
)


def test_no_copy_is_on_two_sides_and_every_collection_judges() -> None:
    drawn = draw_mixed(WORLD, ("city",), 20, seed=1)

    assert drawn is not None
    alike = twins.groups(PICTURES.vectors)
    sides = [
        set(alike[rows]) for rows in (drawn.own, np.concatenate(drawn.stream), np.concatenate(drawn.judged))
    ]
    assert len(drawn.own) == 20
    assert sum(map(len, sides)) == len(set.union(*sides))
    assert set(WORLD.places[np.concatenate(drawn.judged)]) == set(WORLD.places)
    assert LOVED[drawn.own].all()
    assert LOVED[drawn.judged[0]].all()
    assert not LOVED[drawn.judged[1]].any()


def test_a_stream_of_pictures_holds_the_share_that_was_asked_for() -> None:
    drawn = draw_mixed(WORLD, ("city",), 20, seed=1)

    assert drawn is not None
    ordinary, few, many = (vectors for vectors, _ in backgrounds(WORLD, drawn))
    assert len(ordinary) == 120
    good = {row.tobytes() for row in PICTURES.vectors[LOVED]}
    assert [round(np.mean([row.tobytes() in good for row in each]), 2) for each in (few, many)] == [0.03, 0.1]


@pytest.mark.parametrize("count", [110, 200])
def test_too_few_pictures_left_to_judge_say_nothing(count: int) -> None:
    assert draw_mixed(WORLD, ("city",), count, seed=1) is None
