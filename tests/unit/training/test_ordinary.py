"""Ordinary pictures become a background."""

from pathlib import Path

import numpy as np

from bowerbird.models.background import MOST
from bowerbird.training import ordinary
from bowerbird.training.embedding import Collection


def collection(count: int) -> Collection:
    vectors = np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    paths = tuple(Path(f"all/{number % 7}__{number}.jpg") for number in range(count))
    return Collection(paths, vectors, vectors[:0], np.empty(0, np.int64), ())


def test_each_picture_keeps_its_vector_and_its_place() -> None:
    found = collection(50)

    made = ordinary.of(found, "fifty", "CC0-1.0")

    assert np.array_equal(made.vectors, found.vectors)
    assert made.sources.tolist() == [number % 7 for number in range(50)]
    assert (made.made_of, made.licence) == ("fifty", "CC0-1.0")


def test_of_too_many_some_are_taken_from_everywhere() -> None:
    made = ordinary.of(collection(MOST + 500), "many", "CC0-1.0")

    assert len(made.vectors) == MOST
    assert np.bincount(made.sources).min() > 500


def test_the_owner_chooses_what_comes_along_none_or_a_folder() -> None:
    found, carried = collection(120), ordinary.of(collection(10), "carried", "CC0-1.0")

    assert ordinary.chosen(None, carried, collection(0), "x") is carried
    assert ordinary.chosen("none", carried, collection(0), "x") is None
    mine = ordinary.chosen("holiday", carried, found, "mine")
    assert mine is not None
    assert mine.made_of == "120 pictures of the owner's choice"
    assert ordinary.folders("holiday") == (Path("holiday"),)
    assert ordinary.folders("none") == ordinary.folders(None) == ()
