from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from layers.models.workshop.watermark import pictures, samples
from layers.models.workshop.watermark.teacher import Opinion


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of ten small and ten large pictures of noise over a gradient."""
    place = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for folder, side in (("some_small", 256), ("some_large", 520)):
        (place / folder).mkdir()
        for index in range(10):
            level = np.linspace(0, 200, side)[:, None, None] + rng.normal(0, 20, (1, side, 3))
            pixels = np.broadcast_to(level, (side, side, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(place / folder / f"{index}.png")
    (place / "some_small" / "skipped_1.png").write_bytes((place / "some_small" / "0.png").read_bytes())
    pictures.build([place / "some_small", place / "some_large"], place / "cache", leave_out=("skipped",))
    return place / "cache"


def test_a_picture_is_in_one_split_and_its_pixels_come_back(cache: Path) -> None:
    stored = pictures.Cache(cache)
    splits = [stored.of(split) for split in ("train", "val", "test")]
    assert sum(map(len, splits)) == len(stored.entries) == 20
    entry = stored.entries[3]
    with Image.open(cache.parent / entry.folder / entry.name) as image:
        assert np.array_equal(stored.read(entry), np.asarray(image.convert("RGB")))


def test_the_split_does_not_move_when_a_folder_is_added(cache: Path, tmp_path: Path) -> None:
    pictures.build([cache.parent / "some_large"], tmp_path)
    alone = {entry.name: entry.split for entry in pictures.Cache(tmp_path).entries}
    both = {e.name: e.split for e in pictures.Cache(cache).entries if e.folder == "some_large"}
    assert alone == both


def test_a_scene_is_cut_large_enough() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (520, 520, 3), np.uint8)
    for seed in range(5):
        scene = pictures.cut(picture, np.random.default_rng(seed))
        assert min(scene.shape[:2]) >= 280
        assert max(scene.shape[:2]) <= 960


def test_a_small_picture_is_tiled_or_left_small_and_never_enlarged() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    scenes = [pictures.cut(picture, np.random.default_rng(seed)) for seed in range(12)]
    tiled = [min(scene.shape[:2]) >= 400 for scene in scenes]
    assert any(tiled)
    assert not all(tiled)
    assert all(max(scene.shape[:2]) <= 256 for scene, large in zip(scenes, tiled, strict=True) if not large)
    colours = {tuple(pixel) for pixel in picture.reshape(-1, 3).tolist()}
    assert all(tuple(scene[7, 9].tolist()) in colours for scene in scenes)


def test_cells_half_inside_a_box_are_marked_and_touched_ones_left_out() -> None:
    #          16 pixels a cell: the box goes from (8, 0) to (40, 20)
    labels = samples.real_cells([[12.5, 0, 62.5, 31.25]], 64)
    assert labels.tolist() == [[1, 1, 1, 0], [-1, -1, -1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_box_smaller_than_a_cell_marks_the_one_it_is_in() -> None:
    labels = samples.real_cells([[30, 30, 33, 33], [0, 0, 2, 2]], 64)
    assert labels[1, 1] == labels[0, 0] == 1
    assert (labels > 0).sum() == 2


def test_pictures_with_real_marks_are_never_clean_and_are_learnt_from(cache: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra_large"
    extra.mkdir()
    for name in ("signed.png", "doubtful.png"):
        Image.new("RGB", (512, 512), (255, 0, 255)).save(extra / name)
    pictures.build(
        [cache.parent / "some_small", cache.parent / "some_large"],
        tmp_path / "cache",
        ("skipped",),
        (extra,),
        marks={"signed.png": [[70.0, 90.0, 95.0, 96.0]], "doubtful.png": None},
    )
    stored = pictures.Cache(tmp_path / "cache")
    assert [entry.name for entry in stored.marked("train")] == ["signed.png"]
    assert not {"signed.png", "doubtful.png"} & {entry.name for entry in stored.of("train")}
    sampled = [samples.Source(tmp_path / "cache", side=192, seed=3)[index] for index in range(40)]
    real = [sample for sample in sampled if np.ptp(sample.crops[0][..., 1]) < 8 and sample.crops.min() < 8]
    assert 0 < len(real) < 20
    assert all((sample.cells[0] > 0).any() for sample in real)


def test_cells_say_marked_clean_or_hardly_touched() -> None:
    mask = np.zeros((32, 48), np.uint8)
    mask[:16, :16] = 255  # full
    mask[0, 16] = 255  # one pixel of 256
    mask[16:, 32:] = 20  # a faint edge
    assert samples.cells(mask).tolist() == [[1, -1, 0], [0, 0, -1]]


def test_a_sample_is_the_same_whenever_it_is_asked_for(cache: Path) -> None:
    first, second = (samples.Source(cache, side=192, seed=1) for _ in range(2))
    for index in (0, 7, 3):
        assert np.array_equal(first[index].crops, second[index].crops)
        assert np.array_equal(first[index].cells, second[index].cells)


def test_samples_hold_marked_and_clean_crops_of_the_asked_size(cache: Path) -> None:
    source = samples.Source(cache, side=192, seed=2)
    drawn = [source[index] for index in range(12)]
    assert all(s.crops.shape == (2, 192, 192, 3) and s.cells.shape == (2, 12, 12) for s in drawn)
    marked = [bool((s.cells[0] > 0).any()) for s in drawn]
    assert any(marked)
    assert not all(marked)


class Asked:
    """A teacher that finds the cell (30, 2) hottest, and says of every picture what it is told to."""

    def __init__(self, logit: float) -> None:
        self.logit, self.pictures = logit, 0

    def look(self, picture: np.ndarray) -> Opinion:
        assert picture.shape == (512, 512, 3)
        self.pictures += 1
        heat = np.zeros((32, 32), np.float32)
        heat[30, 2] = 1
        return Opinion(self.logit, heat)


def drawn(cache: Path, teacher: Asked, count: int = 20) -> list[samples.Sample]:
    source = samples.Source(cache, side=192, seed=2, teacher=teacher)
    return [source[index] for index in range(count)]


def test_pictures_that_the_teacher_finds_easy_give_way_to_others(cache: Path) -> None:
    # Between the two bounds everything is hard: clean pictures score too high and marked ones too low.
    hard, easy = Asked(3.5), Asked(3.5)
    drawn(cache, hard)
    easy.logit = 40.0  # every marked picture is understood, every clean one is not
    drawn(cache, easy)

    assert 20 <= hard.pictures < 35
    assert easy.pictures > hard.pictures + 15


def test_clean_pictures_are_cut_where_the_teacher_sees_a_mark(cache: Path, tmp_path: Path) -> None:
    pictures.build([cache.parent / "some_large"], tmp_path)  # they get brighter downwards
    clean = [sample for sample in drawn(tmp_path, Asked(3.5), 60) if not sample.cells.any()]

    levels = [(sample.crops[0].mean(), sample.crops[1].mean()) for sample in clean]

    assert len(levels) > 10
    assert np.mean([asked > anywhere for asked, anywhere in levels]) > 0.8
