"""Views of pictures, and what is counted of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from layers.models.workshop.watermark import views
from layers.models.workshop.watermark.measure import thresholds, wilson
from tests.unit.workshop.watermark.test_render import landscape

BOX = [60.0, 80.0, 95.0, 97.0]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    Image.fromarray(landscape()).save(tmp_path / "a.png")
    shared = {"path": str(tmp_path / "a.png"), "views": 3}
    told = [
        {**shared, "owner": "tolen", "kind": "corner@town", "fold": 1, "ground": False, "marks": [BOX]},
        {**shared, "owner": "town", "kind": "scenic", "fold": 2, "ground": True, "marks": None},
    ]
    (tmp_path / "sources.json").write_text(json.dumps(told))
    return tmp_path / "sources.json"


def test_views_are_the_same_every_time_and_know_where_they_are_from(sources: Path) -> None:
    first, second = (views.Views(sources, laid=2, seed=3) for _ in range(2))
    assert len(first) == 8
    for index in range(len(first)):
        one, other = first[index], second[index]
        assert (one.picture == other.picture).all()
        assert one.picture.shape == (512, 512, 3)
        assert one.source.fold == (1 if index < 3 else 2)
        assert one.marked is bool((one.cells != 0).any())


def test_only_grounds_get_marks(sources: Path) -> None:
    made = views.Views(sources, laid=12, seed=0)
    laid = [made[index] for index in range(6, 18)]
    assert {each.source.owner for each in laid} == {"town"}
    assert sum(each.marked for each in laid) >= 8


def test_a_cut_keeps_the_mark_and_moves_its_box() -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[160:194, 180:285] = 255
    for seed in range(5):
        cut, boxes = views.vary(picture, [BOX], np.random.default_rng(seed))
        assert boxes is not None
        height, width = cut.shape[:2]
        left, top, right, bottom = np.array(boxes[0]) / 100 * [width, height, width, height]
        inside = cut[int(top) + 2 : int(bottom) - 2, int(left) + 2 : int(right) - 2]
        assert inside.mean() > 180
        assert (cut > 128).sum() < 1.3 * inside.size


def test_cells_of_large_boxes_and_of_unknown_places_are_left_out_of_the_loss() -> None:
    assert (views.box_cells(None) == 0).all()
    assert (views.box_cells([]) == -1).all()
    small, large = views.box_cells([[0, 0, 10, 10]]), views.box_cells([[10, 20, 90, 80]])
    assert (small == 1).sum() == 9
    assert not (large == 1).any()
    assert (large == -1).any()


@pytest.mark.parametrize(
    ("found", "count", "low", "high"),
    [(0, 190, 0.0, 0.0198), (46, 66, 0.578, 0.794), (12, 12, 0.757, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(found: int, count: int, low: float, high: float) -> None:
    assert wilson(found, count) == pytest.approx((low, high), abs=1e-3)


def test_a_bar_calls_no_more_clean_pictures_marked_than_it_says() -> None:
    clean = np.random.default_rng(0).normal(size=400)
    for bar, share in zip(thresholds(clean), (0.01, 0.02, 0.05), strict=True):
        assert share - 0.01 < (clean >= bar).mean() <= share
