"""Which model held-out scores speak for, and the threshold they give."""

import numpy as np
import pytest

from bowerbird.training.heldout import HeldOut, choose, sure_gain, threshold

NONE = np.empty(0)


def held(apart: float, rejects: int, seed: int = 0, noise: float = 0.0) -> HeldOut:
    """Good pictures `apart` deviations above the rejects; the same pictures for the same seed."""
    rng, other = np.random.default_rng(seed), np.random.default_rng(seed + 100)
    good, bad = rng.normal(size=200) + apart, rng.normal(size=500)[:rejects]
    return HeldOut(good + noise * other.normal(size=200), NONE, bad + noise * other.normal(size=rejects), 1.0)


def test_without_rejects_the_simple_model_wins_whatever_the_others_remember() -> None:
    forgetful = HeldOut(np.zeros(50), NONE, NONE, memory=0.2)

    assert choose({"simple": forgetful, "other": held(5, 0)}) == "simple"


def test_a_model_that_is_surely_better_wins() -> None:
    assert choose({"simple": held(1, 100), "good": held(2, 100), "better": held(3, 100)}) == "better"


def test_a_model_that_is_better_by_chance_loses() -> None:
    simple, other = held(1.5, 30), held(1.55, 30, noise=0.5)

    assert other.separation > simple.separation - 0.1
    assert choose({"simple": simple, "other": other}) == "simple"
    assert choose({"simple": simple, "same": simple}) == "simple"


def test_a_better_model_needs_more_rejects_than_a_few_to_show_it() -> None:
    assert sure_gain(held(2.5, 300), held(1.5, 300)) > 0
    assert sure_gain(held(2.5, 3), held(1.5, 3)) < 0
    assert sure_gain(held(2.5, 1), held(1.5, 1)) < 0


def test_a_gain_is_measured_on_pairs() -> None:
    # Both models err on the same pictures; taken apart, their AUROCs are too uncertain to tell them.
    simple = held(1.5, 40)
    better = HeldOut(simple.good + 0.4, NONE, simple.rejects, 1.0)

    area, few = simple.separation, len(simple.rejects)
    assert sure_gain(better, simple) > 0
    assert better.separation - area < 2.3 * (area * (1 - area) / few) ** 0.5


@pytest.mark.parametrize(("count", "rate"), [(20, 0.95), (20, 0.9), (50, 0.9), (1000, 0.95)])
def test_the_threshold_keeps_the_share_as_often_more_as_less(count: int, rate: float) -> None:
    draws = np.random.default_rng(1).uniform(size=(4000, count))
    kept = [1.0 - threshold(scores, rate) for scores in draws]

    assert np.median(kept) == pytest.approx(rate, abs=0.004)
