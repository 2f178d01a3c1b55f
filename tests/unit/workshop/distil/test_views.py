"""What the network of glances learns from: views of a picture, as small copies show them."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from bowerbird.models.bundle import load
from layers.models.workshop.distil import attach
from layers.models.workshop.distil.views import COPIES, SIDE, VIEWS, Store, copy, found, views
from tests.pictures import gradient


def test_a_picture_gives_the_same_views_every_time() -> None:
    picture = gradient(300, 200)
    once, again = (
        [copy(view, rng).tobytes() for view in views(picture, rng)]
        for rng in (random.Random(7), random.Random(7))
    )
    assert once == again
    assert len(set(once)) == VIEWS


def test_a_copy_has_the_size_that_the_network_sees() -> None:
    for width, height in ((40, 30), (300, 200), (200, 900)):
        assert copy(gradient(width, height), random.Random(0)).size == (SIDE, SIDE)


def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    store = Store(tmp_path, ["a", "b"], 4)
    store.vectors[0] = 1
    store.pixels[0] = 2
    store.save(1)
    again = Store(tmp_path, ["a", "b"], 4)
    assert again.done == 1
    assert (again.pixels.shape, again.vectors.shape) == ((2, VIEWS, COPIES, SIDE, SIDE, 3), (2, VIEWS, 4))
    assert np.asarray(again.vectors[:, 0, 0]).tolist() == [1, 0]
    with pytest.raises(SystemExit, match="holds views of other pictures"):
        Store(tmp_path, ["a", "c"], 4)


def test_pictures_come_in_one_order_that_mixes_folders(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        for index in range(20):
            gradient(8, 8).save(tmp_path / folder / f"{folder}{index}.jpg")
    paths = found([tmp_path / "one", tmp_path / "two"])
    assert paths == found([tmp_path / "two", tmp_path / "one"])
    assert {path.parent.name for path in paths[:10]} == {"one", "two"}


def test_a_bundle_takes_the_network_of_another_and_waits_to_be_calibrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite = load("lite")
    shutil.copytree(lite.folder, tmp_path / "mine")
    monkeypatch.setattr("sys.argv", ["attach", str(lite.folder), str(tmp_path / "mine")])
    attach.main()
    mine = load(tmp_path / "mine", verify=True)
    assert mine.glance is not None
    assert (mine.glance.margin, mine.label) == (None, lite.label)
