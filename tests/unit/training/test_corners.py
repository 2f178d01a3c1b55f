"""Corners of an owner's pictures as further examples: how they are cut, held out, and when they are taken."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bowerbird.models.background import Background
from bowerbird.models.bundle import Bundle, load
from bowerbird.models.densities import AgainstStream, Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import corners, fit, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.heldout import auroc
from bowerbird.training.retraining import held_against, remembered
from bowerbird.training.sample import CORNERS, Sample
from bowerbird.training.stream import Stream, Traffic
from bowerbird.training.training import open_embedder
from tests.unit.training.streams import jittered
from tests.unit.training.test_against_stream import DIM, NONE, loved, other, unit

LITE = load("lite")


def sample(good: np.ndarray, parts: np.ndarray, stream: np.ndarray) -> Sample:
    return Sample(good, NONE, np.empty(0, int), NONE, background=stream, stream=True, corners=parts)


def fitted(own: Sample) -> fit.Fitted:
    return fit.fit(own, {"neighbours": fit.neighbours}, keep_rate=0.9)


def stream_of(vectors: np.ndarray) -> Stream:
    background = Background(vectors, np.arange(len(vectors)), "pictures of a stream")
    return Stream(background, vectors[:0], {}, Traffic((), 0, 0))


def bundle(reference: np.ndarray, held: np.ndarray) -> Bundle:
    near = Part(Neighbours(reference.astype(np.float16), np.asarray(15)), (0, LITE.encoder.dim))
    return replace(LITE, novelty=Novelty((near,), -2.0, {"heldout": held}))


def scattered(count: int, seed: int, lean: float) -> np.ndarray:
    """Corners of pictures: what the owner loves (`lean` above 0), or nothing of the kind."""
    points = np.random.default_rng(seed).normal(size=(count, DIM))
    points[:, 0] += lean
    return unit(points)


@pytest.mark.parametrize("size", [(640, 400), (1, 1), (3, 200)])
def test_a_corner_is_seven_tenths_of_each_side(size: tuple[int, int]) -> None:
    picture = Image.effect_noise(size, 100).convert("RGB")
    parts = corners.cut(picture)

    assert len(parts) == CORNERS
    width, height = (max(1, round(0.7 * side)) for side in size)
    assert {part.size for part in parts} == {(width, height)}
    right, bottom = size[0] - 1, size[1] - 1
    assert parts[0].getpixel((0, 0)) == picture.getpixel((0, 0))
    assert parts[1].getpixel((width - 1, 0)) == picture.getpixel((right, 0))
    assert parts[2].getpixel((0, height - 1)) == picture.getpixel((0, bottom))
    assert parts[3].getpixel((width - 1, height - 1)) == picture.getpixel((right, bottom))


def test_they_are_taken_where_they_tell_more() -> None:
    own = sample(loved(40, 1), scattered(160, 7, 1.0), other(300, 2))
    found = corners.fit_with(own, fitted)
    without = corners.fit_with(replace(own, corners=NONE), fitted)
    mine, rest = loved(500, 5), other(500, 6)

    assert found.cornered
    assert not without.cornered
    areas = [auroc(*(each.novelty.score(rows) for rows in (mine, rest))) for each in (without, found)]
    assert areas[1] > areas[0] + 0.01
    # What is promised to the owner is of whole pictures.
    assert len(found.novelty.reference["heldout"]) == len(found.novelty.reference["training"]) == 40


def test_they_are_left_where_they_show_something_else() -> None:
    found = corners.fit_with(sample(loved(40, 1), scattered(160, 7, -1.0), other(300, 2)), fitted)

    assert not found.cornered
    (neighbours,) = [part.density for part in found.novelty.parts if isinstance(part.density, Neighbours)]
    assert len(neighbours.reference) == 40


def test_no_model_scores_a_picture_whose_corners_it_has_seen() -> None:
    """Corners that are the very picture would give it away; there is nothing else to tell these by."""
    good, stream = scattered(60, 1, 0.0), scattered(300, 2, 0.0)
    found = fitted(sample(good, good.repeat(CORNERS, axis=0), stream))

    assert found.total.background.size
    assert auroc(found.total.good, found.total.background) < 0.65


def test_a_part_of_a_sample_takes_the_corners_of_its_own_pictures() -> None:
    good = loved(30, 1)
    own = sample(good, good.repeat(CORNERS, axis=0), NONE)
    some = own.take(np.array([3, 7, 29]), np.arange(0))

    assert (some.corners == good[[3, 7, 29]].repeat(CORNERS, axis=0)).all()
    assert (some.with_corners[3:] == some.corners).all()
    assert (replace(own, corners=NONE).take(np.arange(28), np.arange(0)).with_corners == good[:28]).all()


def test_files_are_embedded_with_their_corners(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for number, path in enumerate(paths):
        Image.effect_noise((300 + number, 260), 60).convert("RGB").save(path)
    paths[1].write_bytes(b"no picture")
    embedder = open_embedder(write.networks("lite"), EmbeddingCache(tmp_path / "cache.db"))

    first, again = (embedder.embed(paths, imitate=True, done=lambda: None, cornered=True) for _ in range(2))

    assert first.paths == (paths[0], paths[2])
    assert [path for path, _ in first.unreadable] == [paths[1]]
    assert first.corners.shape == (2 * CORNERS, LITE.encoder.dim)
    assert (first.origin == [0, 0, 1, 1]).all()
    with Image.open(paths[2]) as picture:
        expected = LITE.encoder.embed(corners.cut(picture.convert("RGB")))
    assert first.corners[CORNERS:] == pytest.approx(expected, abs=1e-6)
    assert (again.corners == first.corners).all()
    assert (again.imitations == first.imitations).all()


def test_a_bundle_that_learnt_from_corners_is_held_against_a_stream_with_them() -> None:
    known = remembered(LITE)["heldout"][:120]
    parts = jittered(known, 120 * CORNERS, seed=4)
    rest = jittered(unit(np.roll(known, 40, axis=1)), 300, seed=5)
    held = np.random.default_rng(0).normal(size=len(known))

    cornered, plain = bundle(np.concatenate([known, parts]), held), bundle(known, held)
    assert remembered(cornered)["heldout"] == pytest.approx(known, abs=1e-3)
    heads = []
    for base in (cornered, plain):
        model = held_against(base, stream_of(rest))
        (head,) = [part.density for part in model.parts if isinstance(part.density, AgainstStream)]
        assert len(head.heldout) == len(model.reference["heldout"]) == 120
        heads.append(head.coefficients)
    assert np.abs(heads[0] - heads[1]).max() > 0.01
    # Anything else than all, or all with their corners, are not the owner's pictures.
    assert remembered(bundle(np.concatenate([known, parts[:7]]), held)) == {}
