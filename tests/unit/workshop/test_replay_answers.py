"""The replayed owner, on vectors made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bowerbird.models.densities import Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training.sample import Sample
from layers.models.workshop.replay_answers import WAYS, Training, World, change, draws
from tests.unit.training.test_feedback import around

# The owner loves axis 0 and not axis 1, which the model lets in. Axis 2 it rejects, and rightly.
VECTORS = np.concatenate([around(0, 60, 1), around(1, 60, 2), around(2, 60, 3)])
WORLD = World(
    VECTORS,
    VECTORS,
    np.arange(180) < 60,
    np.array([f"source {row % 12}" for row in range(180)]),
    [f"{row}" for row in range(180)],
)
BASE = Novelty(
    (Part(Neighbours(np.concatenate([around(0, 20, 8), around(1, 4, 9)]), np.asarray(3)), (0, 8)),), 0.8
)


def test_no_source_is_asked_for_and_judges_too() -> None:
    for draw in draws(WORLD, 3):
        assert not set(WORLD.sources[draw.place]) & set(WORLD.sources[draw.judges])
        assert 0.05 < WORLD.loved[draw.place].mean() < 0.2


@pytest.mark.parametrize("name", WAYS)
def test_each_way_asks_for_pictures_of_the_place_once(name: str) -> None:
    draw = next(draws(WORLD, 1))

    rows = WAYS[name](WORLD, draw, BASE, 12)

    assert len(set(rows)) == 12
    assert set(rows) <= set(draw.place)


def test_answers_to_what_settles_most_bring_more_than_nothing() -> None:
    draw = next(draws(WORLD, 1))
    rows = list(WAYS.values())[-1](WORLD, draw, BASE, 12)

    area, let_in, *_ = change(WORLD, draw, BASE, rows)

    assert area > 0
    assert let_in <= 0


def test_no_ordinary_picture_of_a_source_that_judges_is_trained_against() -> None:
    ordinary = np.concatenate([around(1, 120, 4), around(2, 120, 5)])
    names = np.repeat(["judging", "elsewhere"], 120)
    own = Sample(around(0, 40, 6), VECTORS[:0], np.empty(0, np.int64), VECTORS[:0])
    training = Training(own, ordinary, names)

    assert np.array_equal(training.apart({"judging", "unknown"}).background, ordinary[120:])
    model = training.without({"judging", "unknown"})
    assert model.score(around(0, 9, 7)).mean() > model.score(around(2, 9, 7)).mean()
