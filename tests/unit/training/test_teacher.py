"""What the label page gets for each answer, on vectors made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.models.densities import Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Embedder
from bowerbird.training.teacher import QUESTIONS, Lesson, Teacher, open_teacher
from bowerbird.training.training import open_embedder
from tests.unit.training.test_feedback import around

# The owner loves axis 0; what is near axis 1 is let in too. One picture was decided by another stage.
VECTORS = np.concatenate([around(0, 20, 1), around(1, 20, 2), around(2, 1, 3)])
MARGINS = np.r_[np.full(40, 0.5), np.nan]


@pytest.fixture
def embedder(tmp_path: Path) -> Embedder:
    return open_embedder(write.networks("lite"), EmbeddingCache(tmp_path / "cache.db"))


def lesson(embedder: Embedder, words: dict[int, bool], *, taught: bool = False) -> Lesson:
    base = Novelty((Part(Neighbours(around(0, 20, 9), np.asarray(5)), (0, 8)),), 0.3)
    said = [words.get(row) for row in range(41)]
    return Teacher(base, embedder, taught=taught).lesson(VECTORS, MARGINS, said, MARGINS[:40])


def test_before_the_first_answer_nothing_moves_and_all_that_was_scored_may_be_asked(
    embedder: Embedder,
) -> None:
    first = lesson(embedder, {})

    assert not first.moves.any()
    assert first.told == ""
    assert len(first.questions) == QUESTIONS
    assert 40 not in first.questions


def test_answers_move_what_is_like_them_and_are_not_asked_again(embedder: Embedder) -> None:
    words = {row: row < 20 for row in [*range(8), *range(20, 30)]}
    taught = lesson(embedder, words)

    assert (taught.moves[30:40] < -0.5).all()
    assert taught.moves[30:40].mean() < taught.moves[8:20].mean() - 1
    assert not set(taught.questions) & set(words)
    assert all(row not in words for strip in taught.strips for row in strip)
    assert taught.told.startswith("18 answers: of 100 pictures you would not keep, about 100 were let in")


def test_with_few_answers_it_is_too_early_to_say(embedder: Embedder) -> None:
    assert "Too early to say" in lesson(embedder, {0: True, 20: False}).told


def test_a_bundle_that_knows_the_answers_cannot_say_what_they_bring(embedder: Embedder) -> None:
    words = {row: row < 20 for row in [*range(8), *range(20, 30)]}

    assert "learned answers before" in lesson(embedder, words, taught=True).told


def test_a_bundle_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle gone"):
        open_teacher("gone", tmp_path / "cache.db")
