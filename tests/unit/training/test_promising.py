"""What a threshold promises, on streams whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bowerbird.training.promising import (
    Evidence,
    Labels,
    by_labels,
    counted,
    promise_at,
    shared,
    too_little,
)
from tests.unit.training.test_share import mixture

BAR = -1.0


def evidence(seed: int, labels: Labels | None = None) -> Evidence:
    """Two pictures of a hundred are good ones; a thousand a day were looked at."""
    good, stream = mixture(0.02, seed, size=1500)
    daily = shared(counted([1000, 1010, 990]), int((stream >= BAR).sum()), len(stream))
    return Evidence(good, stream, labels or Labels(), daily, 3)


def truth() -> float:
    good, stream = mixture(0.0, 99, own=100_000, size=100_000)
    kept, let_in = 0.02 * (good >= BAR).mean(), 0.98 * (stream >= BAR).mean()
    return float(let_in / (kept + let_in))


def test_the_promise_holds_on_streams_that_are_known() -> None:
    promises = [promise_at(BAR, evidence(seed), "mine@1.0.0") for seed in range(6)]
    assert sum(truth() in each.unwanted for each in promises) >= 5
    daily = 1000 * (0.02 * 0.84 + 0.98 * 0.0228)
    assert sum(daily in each.a_day for each in promises) >= 5
    assert promises[0].basis.startswith("1500 pictures of the stream, 3 days, the share of good ones")


def test_from_twenty_labels_on_the_owners_word_counts() -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(BAR, 2.0, 60)
    labels = Labels(scores, rng.random(60) < 0.75)
    by_word = promise_at(BAR, evidence(0, labels), "mine@1.0.0")
    assert "60 of your labels" in by_word.basis
    assert 0.25 in by_word.unwanted
    few = Labels(scores[:19], labels.keep[:19])
    assert "your labels" not in promise_at(BAR, evidence(0, few), "mine@1.0.0").basis


def test_labels_below_the_threshold_say_nothing_of_what_is_kept() -> None:
    below = Labels(np.full(50, BAR - 1.0), np.zeros(50, np.bool_))
    assert "your labels" not in promise_at(BAR, evidence(0, below), "mine@1.0.0").basis


def test_the_hardest_pictures_do_not_speak_for_the_rest() -> None:
    """Near the threshold half is turned down, above it nothing is; most labels are of the hardest."""
    kept = np.linspace(0.0, 3.0, 900)
    hard, easy = np.linspace(0.0, 0.9, 60), np.linspace(1.1, 3.0, 20)
    labels = Labels(np.r_[hard, easy], np.r_[np.arange(60) % 2 == 0, np.ones(20, np.bool_)])
    found = by_labels(labels, kept)
    assert (~labels.keep).mean() == pytest.approx(0.375)
    assert found.value == pytest.approx(0.2, abs=0.04)


def test_a_stratum_without_labels_keeps_the_interval_wide() -> None:
    kept = np.linspace(0.0, 3.0, 900)
    everywhere = Labels(np.linspace(0.0, 3.0, 30), np.ones(30, np.bool_))
    low_only = replace(everywhere, scores=np.linspace(0.0, 0.9, 30))
    assert by_labels(low_only, kept).high > by_labels(everywhere, kept).high + 0.1


def test_a_sample_with_nothing_above_the_threshold_promises_no_certainty() -> None:
    known = evidence(0)
    promise = promise_at(9.0, replace(known, daily=shared(counted([1000] * 3), 0, 1500)), "mine@1.0.0")
    assert promise.a_day.low < 0.1
    assert promise.a_day.high > 0.5
    assert promise.unwanted.high - promise.unwanted.low > 0.5


@pytest.mark.parametrize(
    ("days", "looks", "good", "why"),
    [
        (3, 199, 50, "199 pictures to go by, of 200 needed"),
        (2, 200, 50, "on 2 days, of 3 needed"),
        (3, 200, 19, "19 of your own pictures were held out, of 20 needed"),
        (3, 200, 20, None),
    ],
)
def test_it_says_when_there_is_not_enough(days: int, looks: int, good: int, why: str | None) -> None:
    told = too_little(days, looks, good)
    assert told is None if why is None else why in str(told)


def test_counts_are_as_uncertain_as_counts_are() -> None:
    assert counted([4, 4, 4]).std() == pytest.approx(np.sqrt(12.5) / 3, rel=0.15)
    assert counted([1, 7, 4]).std() > counted([4, 4, 4]).std()
