"""Fitting on made-up embeddings: a cone of good pictures, imitations beside it, others elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from bowerbird.core.errors import UsageError
from bowerbird.models.densities import Linear, Neighbours
from bowerbird.training import fit, mixtures, twins
from bowerbird.training.sample import Sample

DIM = 24


def cone(count: int, axis: int, seed: int, spread: float = 0.25) -> np.ndarray:
    points = np.random.default_rng(seed).normal(scale=spread, size=(count, DIM))
    points[:, axis] += 1.0
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def sample(count: int = 200, rejects: int = 0, seed: int = 1) -> Sample:
    good = cone(count, 0, seed)
    imitations = good + np.eye(DIM, dtype=np.float32)[3] * 0.8
    imitations /= np.linalg.norm(imitations, axis=1, keepdims=True)
    return Sample(good, imitations, np.arange(count), cone(rejects, 5, 2))


@pytest.mark.parametrize("rate", [0.8, 0.9, 0.95])
def test_the_threshold_keeps_the_rate_that_was_asked_of_new_pictures(rate: float) -> None:
    unseen, kept = cone(4000, 0, 99), []
    for seed in range(4):  # one sample's quantile alone is off by two points
        good = sample(400, seed=seed)
        model = fit.fit(good, {"neighbours": fit.neighbours}, keep_rate=rate).novelty
        kept.append((model.score(unseen) >= model.threshold).mean())

    assert np.mean(kept) == pytest.approx(rate, abs=0.03)


def test_a_mixture_keeps_the_rate_too_though_fewer_pictures_have_fewer_directions() -> None:
    fading = np.random.default_rng(0).normal(size=(4000, 64)) * 0.5 ** (np.arange(64) / 4)
    fading[:, 0] += 6
    points = (fading / np.linalg.norm(fading, axis=1, keepdims=True)).astype(np.float32)
    none = np.empty((0, 64), np.float32)

    def whole(own: Sample) -> fit.Density:
        return mixtures.fit(own.good, 1, "full", at_last=own.at_last)

    kept = []
    for good in np.split(points[:640], 4):
        model = fit.fit(Sample(good, none, np.empty(0, int), none), {"whole": whole}, keep_rate=0.9).novelty
        kept.append((model.score(points[640:]) >= model.threshold).mean())

    assert np.mean(kept) == pytest.approx(0.9, abs=0.05)


def test_others_and_imitations_score_below_unseen_good_ones() -> None:
    model = fit.fit(sample(), {"neighbours": fit.neighbours}, keep_rate=0.9).novelty
    unseen = model.score(cone(100, 0, 50)).mean()

    assert model.score(cone(100, 5, 51)).mean() < unseen - 3
    assert model.score(sample().imitations).mean() < unseen - 1


def test_sixteen_full_covariances_learn_by_heart_and_lose_to_neighbours() -> None:
    contenders = {"neighbours": fit.neighbours, "memory": lambda own: mixtures.fit(own.good, 16, "full")}

    fitted = fit.fit(sample(), contenders, keep_rate=0.95)

    assert fitted.winner == "neighbours"
    assert fitted.contenders["memory"].memory < 0.7
    assert fitted.contenders["neighbours"].memory > 0.7


def test_imitations_do_not_choose_the_density_and_rejects_do() -> None:
    others = cone(40, 5, 2)

    def blind(own: Sample) -> fit.Density:  # the same to everything but by a hair: it tells nothing apart
        return Linear(np.full(own.good.shape[1], 1e-3, np.float32), np.float32(0))

    def told(rejects: np.ndarray) -> str:
        none = np.empty((0, DIM), np.float32)
        own = Sample(cone(200, 0, 1), none, np.empty(0, int), rejects)
        return fit.fit(
            own, {"blind": blind, "neighbours": fit.neighbours}, keep_rate=0.9, use_head=False
        ).winner

    assert told(others[:0]) == "blind"  # the first of them, for want of any word on what is not loved
    assert told(others) == "neighbours"


def test_rejects_are_used_and_reported() -> None:
    fitted = fit.fit(sample(rejects=20), {"neighbours": fit.neighbours}, keep_rate=0.9)

    assert [part.density.kind for part in fitted.novelty.parts] == ["neighbours", "linear"]
    assert fitted.total.separation > 0.99
    assert len(fitted.novelty.reference["rejects"]) == 20


def test_what_rejects_bring_is_measured_on_rejects_that_were_held_out() -> None:
    good = sample()
    near = good.good[:60] + np.eye(DIM, dtype=np.float32)[7] * 0.5  # as near as imitations, elsewhere
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    own = Sample(good.good, good.imitations, good.origin, near)

    fitted = fit.fit(own, {"neighbours": fit.neighbours}, keep_rate=0.9)

    assert fitted.unaided is not None
    assert fitted.total.separation > fitted.unaided.separation + 0.1
    assert fit.fit(good, {"neighbours": fit.neighbours}, keep_rate=0.9).unaided is None


def test_a_head_that_cannot_tell_imitations_apart_is_left_out() -> None:
    good = cone(200, 0, 1)
    flat = Sample(good, cone(200, 0, 7), np.arange(200), np.empty((0, DIM), np.float32))

    fitted = fit.fit(flat, {"neighbours": fit.neighbours}, keep_rate=0.9)

    assert [part.density.kind for part in fitted.novelty.parts] == ["neighbours"]


def test_an_imitation_is_held_out_with_its_original() -> None:
    own = sample(60)
    part = own.take(np.arange(5, 60), np.array([], np.int64))

    assert np.array_equal(part.imitations, own.imitations[5:])
    assert np.array_equal(part.origin, np.arange(55))


def test_too_few_pictures_are_refused_with_the_number_to_give() -> None:
    sample(20)
    with pytest.raises(UsageError, match="19 pictures can be read; give at least 20"):
        sample(19)


def test_a_few_copies_do_no_harm_and_copies_of_a_few_pictures_are_refused() -> None:
    own = sample(30)
    replace(own, twins=np.arange(30) // 2)
    with pytest.raises(
        UsageError, match="30 pictures are copies and crops of 6; give at least 20 that differ"
    ):
        replace(own, twins=np.arange(30) // 5)


def test_twins_are_held_out_together() -> None:
    own = sample(60)
    twice = np.concatenate([own.good, own.good])
    none = np.empty((0, DIM), np.float32)
    apart = Sample(twice, none, np.empty(0, int), none)
    together = replace(apart, twins=twins.groups(twice))

    def nearest(part: Sample) -> fit.Density:
        return Neighbours(part.good, np.asarray(1))

    assert fit.hold_out(apart, nearest, 0).good.mean() > 0.9  # most found their twin
    assert np.array_equal(together.groups, np.tile(np.arange(60), 2))
    assert fit.hold_out(together, nearest, 0).good.max() < 0.9


def test_mixtures_are_compared_on_pictures_they_have_not_seen() -> None:
    trials = {(trial.count, trial.covariance): trial for trial in mixtures.compare(cone(300, 0, 1))}

    assert set(trials) == {(count, kind) for count in mixtures.COUNTS for kind in mixtures.COVARIANCES}
    assert trials[16, "full"].fitted > trials[1, "full"].fitted
    assert trials[16, "full"].heldout < trials[1, "full"].heldout


def test_the_head_of_examples_reads_style_only_where_the_encoder_keeps_it_apart() -> None:
    # What is shown (the first half) is the same; how it is made (the second half) differs.
    shown, made = cone(200, 0, 1), [cone(200, axis, 5 + axis) for axis in (0, 3)]
    good, flat = (np.hstack([shown, style]) / np.sqrt(2) for style in made)
    none = np.empty((0, 2 * DIM), np.float32)

    fitted = fit.fit(
        Sample(good, flat, np.arange(200), none, style=(DIM, 2 * DIM)),
        {"neighbours": fit.neighbours},
        keep_rate=0.9,
    )

    density, head = fitted.novelty.parts
    assert density.span == (0, 2 * DIM)
    assert head.span == (DIM, 2 * DIM)
    # The span is scaled alike in training and in scoring, so held-out scores are on the model's scale.
    assert head.score(good).mean() == pytest.approx(0, abs=0.3)
    assert head.score(flat).mean() < -3
    assert fitted.total.separation > 0.95
