"""Which pictures come from one place, and are held out together."""

from pathlib import Path

import numpy as np

from bowerbird.training.sources import of, together


def test_folders_and_the_beginnings_of_names_are_places() -> None:
    paths = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/ada__1.jpg", "b/ada__2.jpg", "c/ada__1.jpg"]

    assert of([Path(path) for path in paths]).tolist() == [0, 0, 1, 2, 2, 3]


def test_twins_and_pictures_of_one_place_are_held_out_together() -> None:
    places = np.repeat(np.arange(12), 5)
    twins = np.arange(60)
    twins[5] = twins[0]  # a copy in another place joins the two

    found = together(twins, places)

    assert len(np.unique(found)) == 11
    assert len(set(found[:10])) == 1
    assert len(set(found[10:15])) == 1


def test_a_place_with_most_of_the_pictures_is_not_held_out_as_one() -> None:
    places = np.r_[np.repeat(np.arange(12), 5), np.full(40, 12)]

    found = together(np.arange(100), places)

    assert len(np.unique(found[:60])) == 12
    assert len(np.unique(found[60:])) == 40


def test_with_few_places_only_twins_are_held_out_together() -> None:
    twins = np.r_[0, 0, np.arange(1, 59)]

    assert together(twins, np.repeat(np.arange(6), 10)).tolist() == twins.tolist()
    assert together(twins, np.zeros(60, np.int64)).tolist() == twins.tolist()
