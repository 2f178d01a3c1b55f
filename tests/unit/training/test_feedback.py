"""What labels do to a model, on vectors and pictures made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import thumb_key
from bowerbird.core.labels import Label, write_label
from bowerbird.models.bundle import load
from bowerbird.models.densities import Linear, Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import feedback, write
from bowerbird.training.cache import EmbeddingCache
from bowerbird.training.embedding import Embedder
from bowerbird.training.feedback import Labelled, learn
from bowerbird.training.retraining import remembered
from bowerbird.training.training import open_embedder
from tests.fakes import FakeStore
from tests.pictures import jpeg

Vectors = NDArray[np.float32]


def around(axis: int, count: int, seed: int) -> Vectors:
    """Unit vectors near one axis of eight."""
    points = np.random.default_rng(seed).normal(0, 0.2, (count, 8)) + np.eye(8)[axis]
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def flat() -> Novelty:
    """A model to which every picture is the same, with a threshold just above them."""
    head = Linear(np.zeros(8, np.float32), np.float32(0))
    return Novelty((Part(head, (0, 8)),), 0.1, {"heldout": np.zeros(20)})


@pytest.fixture
def embedder(tmp_path: Path) -> Embedder:
    return open_embedder(write.networks("lite"), EmbeddingCache(tmp_path / "cache.db"))


def say(store: FakeStore, name: str, data: bytes | None, *, keep: bool, image: str | None = None) -> None:
    write_label(store, Label(name, keep, "2026-03-01T10:00:00.000Z", "label", image))
    if data is not None:
        store.put(image or thumb_key(name), data, content_type="image/jpeg")


def test_pictures_like_the_keeps_go_up_and_those_like_the_rejects_down() -> None:
    learned = learn(flat(), Labelled(around(0, 8, 1), around(1, 8, 2), 0), {"heldout": around(0, 20, 3)})

    assert (learned.before, learned.after) == (0.5, 1.0)
    assert (learned.novelty.score(around(0, 9, 4)) >= learned.novelty.threshold).all()
    assert (learned.novelty.score(around(1, 9, 5)) < 0).all()
    assert learned.novelty.threshold == flat().threshold
    assert learned.novelty.reference["heldout"].min() > 0


def test_many_rejects_do_not_outweigh_few_keeps() -> None:
    learned = learn(flat(), Labelled(around(0, 5, 1), around(1, 200, 2), 0), {})

    assert (
        abs(learned.novelty.score(around(0, 50, 3)).mean() + learned.novelty.score(around(1, 50, 4)).mean())
        < 1
    )


def test_a_model_whose_scores_are_spread_wider_is_moved_as_much_wider() -> None:
    """Comparing with a stream triples the spread: what a label changes must not depend on the unit."""
    near = Neighbours(around(0, 30, 6).astype(np.float16), np.asarray(5))
    labelled = Labelled(around(1, 8, 1), around(0, 8, 2), 0)  # the model is wrong about all of them
    moves = []
    for wide in (1.0, 3.0):
        base = Novelty(
            (Part(near, (0, 8), 0.9, 0.05, wide),), -wide, {"heldout": wide * np.linspace(-2, 2, 50)}
        )
        moves.append(learn(base, labelled, {}).novelty.score(around(1, 40, 3)) - base.score(around(1, 40, 3)))

    assert moves[0].min() > 0.1
    assert moves[1] == pytest.approx(3.0 * moves[0], rel=1e-4)


def test_words_without_a_pattern_change_little() -> None:
    points = around(0, 80, 1)
    learned = learn(flat(), Labelled(points[::2], points[1::2], 0), {})

    assert learned.novelty.parts[-1].weight < 0.4


def test_labels_whose_picture_is_gone_or_broken_are_counted(embedder: Embedder) -> None:
    store = FakeStore()
    for number in range(5):
        say(store, f"t:keep{number}", jpeg(256, 192, number), keep=True)
        say(store, f"t:reject{number}", jpeg(256, 192, 10 + number), keep=False)
    say(store, "t:gone", None, keep=True)
    say(store, "t:broken", b"\xff\xd8 cut", keep=False)

    labelled = feedback.read(store, embedder)

    assert labelled.kept.shape == labelled.rejected.shape == (5, embedder.encoder.dim)
    assert str(labelled) == "labels: 5 keep, 5 reject, 2 without a picture"


def test_a_survivor_without_a_small_copy_is_made_small_first(embedder: Embedder) -> None:
    store = FakeStore()
    for number in range(5):
        say(store, f"t:keep{number}", jpeg(1600, 1200, number + 1), keep=True, image=f"images/{number}.jpg")
        say(store, f"t:reject{number}", jpeg(256, 192, 10 + number), keep=False)

    labelled = feedback.read(store, embedder)

    original = embedder.vectors(jpeg(1600, 1200, 1), imitate=False)
    assert 0.5 < float((labelled.kept @ original.T).max()) < 0.9999


def test_labels_of_one_word_help_too(embedder: Embedder) -> None:
    store = FakeStore()
    for number in range(6):
        say(store, f"t:{number}", jpeg(256, 192, number), keep=False)

    labelled = feedback.read(store, embedder)
    learned = learn(load("lite").novelty, labelled, {})

    assert str(labelled) == "labels: 0 keep, 6 reject"
    assert (learned.before, learned.after) == (None, None)
    assert "too few to say how well they are told apart" in str(learned)


def test_a_place_without_labels_is_said_so(embedder: Embedder) -> None:
    with pytest.raises(UsageError, match="no label can be read"):
        feedback.read(FakeStore(), embedder)


def beloved() -> Novelty:
    """A model of pictures around axis 0, that lets in what is near axis 1 or 2, too."""
    density = Neighbours(around(0, 20, 1), np.asarray(5))
    return Novelty((Part(density, (0, 8)),), -0.3)


def test_one_reject_lowers_what_is_like_it_and_leaves_the_owners_pictures() -> None:
    learned = learn(beloved(), Labelled(around(0, 0, 1), around(1, 1, 2)), {})
    part = learned.novelty.parts[-1]

    alike, others, loved = (part.score(around(axis, 30, 3)).mean() for axis in (1, 2, 0))
    assert alike < -0.3
    assert alike < 1.5 * others
    assert abs(loved) < 0.1 * abs(alike)


def test_a_label_that_the_model_agrees_with_changes_little() -> None:
    far = Novelty(beloved().parts, 5.0)  # everything is far below the threshold
    agreed, surprising = (
        abs(
            learn(model, Labelled(around(0, 0, 1), around(1, 1, 2)), {})
            .novelty.parts[-1]
            .score(around(1, 9, 3))
        )
        for model in (far, beloved())
    )
    assert agreed.mean() < 0.1 * surprising.mean()


def test_labels_are_judged_by_models_that_had_not_seen_them() -> None:
    points = around(0, 60, 1)
    learned = learn(flat(), Labelled(points[::2], points[1::2]), {})

    assert learned.after is not None
    assert 0.3 < learned.after < 0.7  # seen, they would be told apart nearly all


def test_the_shipped_bundle_remembers_the_pictures_behind_its_scores() -> None:
    lite = load("lite")
    vectors = remembered(lite)["training"]

    assert np.allclose(lite.novelty.score(vectors), lite.novelty.reference["training"], atol=0.01)


@pytest.mark.parametrize(
    "options", [[], ["--feedback", ".", "--reject", "."], ["--feedback", ".", "--keep-rate", "0.9"]]
)
def test_what_alone_makes_no_bundle(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--out", "nowhere/bundle", *options]) == 2
    assert "give --good DIR" in capsys.readouterr().err
