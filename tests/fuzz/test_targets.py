"""A taste of the fuzzing at every test run; `make fuzz` is the meal."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import answers, callers, places, stored, wire
from tests.fuzz.mutations import mutate
from tests.fuzz.targets import TARGETS, outcome

# Pillow warns of damaged metadata, which is what we send, and feedparser of entries with one date.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

ACCEPTED = {
    "image": "decoded",
    "container": "apart",
    "url": "accepted",
    "post": "candidates",
    "markup": "tags",
    "feed": "candidates",
    "rss": "candidates",
    "reddit": "candidates",
    "arctic-shift": "candidates",
    "lemmy": "candidates",
    "wikimedia": "candidates",
    "replay": "candidates",
    "urls": "candidates",
    "event": "candidates",
    "document": "server",
    "message": "candidate",
    "bundle": "manifest",
    **callers.ACCEPTED,
    **stored.ACCEPTED,
    **places.ACCEPTED,
    **wire.ACCEPTED,
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_seeds_are_sound(name: str) -> None:
    target, make_seeds = TARGETS[name]
    assert ACCEPTED[name] in [outcome(target, seed) for seed in make_seeds()]


@pytest.mark.parametrize("name", TARGETS)
@given(number=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_damage_ends_in_a_word(name: str, number: int) -> None:
    target, make_seeds = TARGETS[name]
    samples = make_seeds()
    rng = random.Random(number)
    assert outcome(target, mutate(rng.choice(samples), samples, rng))


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=500) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
@settings(max_examples=100, deadline=None)
def test_noise_ends_in_a_word(name: str, data: bytes) -> None:
    target, _ = TARGETS[name]
    assert outcome(target, data)


def test_hosts_pages_are_read_to_pictures() -> None:
    """Which host is asked, the bytes decide; so several endings of a sound page."""
    page, api = answers.pages()
    words = {answers.answer(page + b" " * size) for size in range(64)}
    words |= {answers.answer(api[:-1] + b" " * size + b"}") for size in range(60)}
    assert "pictures" in words
