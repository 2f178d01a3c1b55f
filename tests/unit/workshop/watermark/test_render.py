from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from layers.models.workshop.watermark import fonts, ink, render, scene, visibility

SEEDS = range(4)


def landscape(height: int = 300, width: int = 420) -> NDArray[np.uint8]:
    """A sky over textured ground, different in every pixel."""
    rng = np.random.default_rng(0)
    down = np.linspace(40, 210, height)[:, None, None] * np.array([0.8, 0.9, 1.0])
    noise = rng.normal(0, 8, (height, width, 3)) * (np.arange(height) > height // 2)[:, None, None]
    return np.clip(down + noise, 0, 255).astype(np.uint8)


def drawn(kind: str, seed: int) -> render.Marked:
    return render.mark(landscape(), np.random.default_rng(seed), kind)


@pytest.mark.parametrize("kind", render.KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mark_changes_its_mask_and_nothing_else(kind: str, seed: int) -> None:
    marked = drawn(kind, seed)
    changed = (marked.image != marked.before).any(axis=2)
    assert not changed[marked.mask == 0].any()
    assert changed[marked.mask > 128].mean() > 0.8


@pytest.mark.parametrize("kind", render.KINDS)
def test_every_kind_can_be_noticed(kind: str) -> None:
    for seed in SEEDS:
        marked = drawn(kind, seed)
        assert marked.kind == kind
        assert marked.contrast >= 10
        assert 0 < marked.size < 1
        assert (marked.mask > 128).sum() >= 20


def test_on_busy_ground_a_mark_is_made_stronger() -> None:
    rng = np.random.default_rng(0)
    even = np.full((300, 420, 3), 120, np.uint8)
    busy = np.clip(even + rng.normal(0, 30, (300, 420, 1)), 0, 255).astype(np.uint8)
    stencil = np.full((20, 60), 255, np.uint8)
    faint = ink.Ink(np.full(3, 255, np.float32), "normal", 0.08, 0.0)
    assert ink.print_on(even, stencil, 200, 100, faint)[2] == pytest.approx(0.08 * 135, abs=1)
    assert ink.print_on(busy, stencil, 200, 100, faint)[2] >= visibility.NOTICED * 20


@pytest.mark.parametrize("kind", render.KINDS)
def test_a_seed_draws_the_same_twice_and_another_something_else(kind: str) -> None:
    once, again, other = drawn(kind, 1), drawn(kind, 1), drawn(kind, 2)
    assert np.array_equal(once.image, again.image)
    assert np.array_equal(once.mask, again.mask)
    assert not np.array_equal(once.image, other.image)


@pytest.mark.parametrize("shape", [(64, 64), (64, 400), (500, 70)])
@pytest.mark.parametrize("kind", render.KINDS)
def test_any_shape_of_picture_takes_a_mark(kind: str, shape: tuple[int, int]) -> None:
    picture = landscape(*shape)
    marked = render.mark(picture, np.random.default_rng(3), kind)
    assert marked.image.shape == marked.before.shape == picture.shape
    assert marked.mask.any()


@pytest.mark.parametrize("kind", [kind for kind in render.KINDS if kind != "caption"])
def test_only_a_caption_brings_its_own_ground(kind: str) -> None:
    assert np.array_equal(drawn(kind, 0).before, landscape())


def test_the_picture_given_is_left_alone() -> None:
    picture = landscape()
    kept = picture.copy()
    for kind in render.KINDS:
        render.mark(picture, np.random.default_rng(5), kind)
    scene.signs(picture, np.random.default_rng(5), fonts.installed())
    scene.frame(picture, np.random.default_rng(5))
    assert np.array_equal(picture, kept)


def test_signs_change_the_scene_without_hiding_it() -> None:
    picture = landscape()
    changed = (scene.signs(picture, np.random.default_rng(1), fonts.installed()) != picture).any(axis=2)
    assert 0.001 < changed.mean() < 0.9


def test_a_frame_leaves_room_for_its_caption() -> None:
    for seed in range(8):
        framed, (top, left, bottom, right) = scene.frame(landscape(), np.random.default_rng(seed))
        assert bottom - top >= 12
        assert right - left > 300
        assert (framed[top:bottom, left:right] != landscape()[top:bottom, left:right]).mean() > 0.5


def test_what_is_published_is_the_square_the_classifier_sees() -> None:
    square = render.publish(landscape(), 80)
    assert square.shape == (512, 512, 3)
    plain = np.asarray(Image.fromarray(landscape()).resize((512, 512), Image.Resampling.LANCZOS))
    assert 0 < np.abs(square.astype(int) - plain.astype(int)).mean() < 6


def test_a_thin_mark_leaves_a_trace_in_the_squashed_mask() -> None:
    mask = np.zeros((2048, 2048), np.uint8)
    mask[1000] = 255
    assert (render.squash(mask, render.BOX) > 0).any()
