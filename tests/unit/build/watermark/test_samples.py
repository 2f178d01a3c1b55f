from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from layers.models.build.watermark import pictures, samples


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of ten small and ten large pictures of noise over a gradient."""
    place = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for folder, side in (("some_small", 96), ("some_large", 520)):
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


@pytest.mark.parametrize("side", [96, 520])
def test_a_scene_is_cut_large_enough(side: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    for seed in range(5):
        scene = pictures.cut(picture, np.random.default_rng(seed))
        assert min(scene.shape[:2]) >= 280
        assert max(scene.shape[:2]) <= 960


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
