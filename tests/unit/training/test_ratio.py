"""Likeness to the owner's pictures against likeness to ordinary ones, on made-up embeddings."""

from dataclasses import replace

import numpy as np
import pytest

from bowerbird.training import fit, ratio
from bowerbird.training.heldout import auroc
from bowerbird.training.sample import Sample

DIM = 32
NONE = np.empty((0, DIM), np.float32)


def cone(count: int, axes: tuple[int, ...], seed: int, spread: float = 0.2) -> np.ndarray:
    points = np.random.default_rng(seed).normal(scale=spread, size=(count, DIM))
    points[:, list(axes)] += 1.0
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def owner(count: int = 120, background: np.ndarray = NONE, sources: np.ndarray | None = None) -> Sample:
    """An owner who loves what lies along two axes, of which the world shares the first."""
    return Sample(
        cone(count, (0, 1), 1), NONE, np.empty(0, int), NONE, background=background, sources=sources
    )


def world(count: int = 300, seed: int = 2) -> np.ndarray:
    return cone(count, (0,), seed, 0.1)


def fitted(sample: Sample) -> fit.Fitted:
    return fit.fit(sample, {"neighbours": fit.neighbours}, keep_rate=0.9)


def test_what_the_world_is_full_of_scores_lower() -> None:
    alone, compared = fitted(owner()), fitted(owner(background=world()))
    unseen, others = cone(600, (0, 1), 5), world(600, 6)

    areas = [auroc(*(each.novelty.score(rows) for rows in (unseen, others))) for each in (alone, compared)]
    assert areas[1] > areas[0] + 0.01
    assert [part.density.kind for part in compared.novelty.parts] == ["neighbours", "background"]


def test_the_threshold_keeps_what_was_asked_of_new_pictures() -> None:
    unseen, kept = cone(2000, (0, 1), 5), []
    for seed in range(6):  # one sample's quantile alone is off by a few points
        own = Sample(cone(200, (0, 1), seed + 20), NONE, np.empty(0, int), NONE, background=world())
        model = fitted(own).novelty
        kept.append((model.score(unseen) >= model.threshold).mean())

    assert np.mean(kept) == pytest.approx(0.9, abs=0.03)


def test_an_average_picture_of_the_owner_still_scores_nothing() -> None:
    compared = fitted(owner(background=world()))

    assert np.mean(compared.novelty.reference["heldout"]) == pytest.approx(0, abs=1e-6)


def test_ordinary_pictures_that_tell_nothing_are_left_out() -> None:
    noise = np.random.default_rng(4).normal(size=(300, DIM)).astype(np.float32)
    noise[:, :2] += 0.4  # nowhere, and a little towards the owner
    found = fitted(owner(background=noise / np.linalg.norm(noise, axis=1, keepdims=True)))

    assert [part.density.kind for part in found.novelty.parts] == ["neighbours"]
    assert found.against is not None
    assert found.against.weight == 0
    assert "left out: no likely gain" in str(found.against)


def test_a_likely_gain_is_taken_though_good_pictures_in_the_stream_blur_it() -> None:
    """A seventh of the stream is as good as the owner's own pictures, and nothing may hold those down."""
    taken = 0
    for seed in range(8):  # at 99 %, four of the eight
        good = cone(25, (0, 1), seed + 40, 0.35)
        stream = np.concatenate([cone(170, (0,), seed + 60, 0.3), cone(30, (0, 1), seed + 80, 0.35)])
        found = fitted(replace(owner(), good=good, background=stream)).against
        assert found is not None
        taken += found.weight > 0

    assert taken >= 7


def test_too_few_ordinary_pictures_are_not_weighed() -> None:
    assert fitted(owner(background=world(ratio.FEWEST - 1))).against is None
    assert fitted(owner(background=world(ratio.FEWEST))).against is not None


def test_what_comes_from_one_place_does_not_vouch_for_itself() -> None:
    """Pictures of one place are near to one another, and the stream comes from another place."""
    six_places = np.concatenate([cone(50, (0, axis), axis, 0.02) for axis in range(2, 8)])
    own = replace(owner(), good=cone(120, (0, 1), 1, 0.6), background=six_places)
    places = np.repeat(np.arange(6), 50)

    believed, known = (fitted(replace(own, sources=each)).against for each in (None, places))

    assert believed is not None
    assert known is not None
    assert believed.after - believed.before > known.after - known.before


def test_copies_of_the_owners_pictures_are_no_ordinary_ones() -> None:
    own = owner()
    mixed = np.concatenate([world(), own.good[:30]])

    found = fitted(replace(own, background=mixed)).against

    assert found is not None
    assert found.pictures == 300


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3])
def test_the_share_that_the_owner_would_love_is_found(share: float) -> None:
    loved = cone(round(300 * share), (0, 1), 8)
    mixed = np.concatenate([world(300 - len(loved)), loved])

    found = fitted(owner(300, background=mixed)).against

    assert found is not None
    assert found.loved == pytest.approx(share, abs=0.05)
    assert f"about {found.loved:.0%} of which you might love" in str(found)


def test_the_share_needs_no_bar_that_only_chance_passes() -> None:
    good, others = np.random.default_rng(0).normal(size=(2, 400)) + np.array([[3.0], [0.0]])

    assert ratio.loved_share(good, others) < 0.03
    assert ratio.loved_share(good, good) > 0.9
