"""A head against a stream's sample, on made-up embeddings that no neighbour tells apart."""

from dataclasses import replace

import numpy as np
import pytest

from bowerbird.models.densities import AgainstStream
from bowerbird.training import against_stream, fit
from bowerbird.training.heldout import HeldOut, auroc
from bowerbird.training.sample import Sample

DIM = 64
NONE = np.empty((0, DIM), np.float32)


def unit(points: np.ndarray) -> np.ndarray:
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def drawn(count: int, shift: float, seed: int) -> np.ndarray:
    """Pictures of every sort, which all lean a little the same way along the first axis."""
    points = np.random.default_rng(seed).normal(size=(count, DIM))
    points[:, 0] += shift
    return unit(points)


def loved(count: int, seed: int) -> np.ndarray:
    return drawn(count, 1.0, seed)


def other(count: int, seed: int) -> np.ndarray:
    return drawn(count, -1.0, seed)


def owner(background: np.ndarray, *, good: np.ndarray | None = None, stream: bool = True) -> Sample:
    good = loved(150, 1) if good is None else good
    return Sample(good, NONE, np.empty(0, int), NONE, background=background, stream=stream)


def fitted(sample: Sample) -> fit.Fitted:
    return fit.fit(sample, {"neighbours": fit.neighbours}, keep_rate=0.9)


def kinds(found: fit.Fitted) -> list[str]:
    return [part.density.kind for part in found.novelty.parts]


def test_it_tells_apart_what_neighbours_do_not() -> None:
    compared, headed = (fitted(owner(other(300, 2), stream=stream)) for stream in (False, True))
    mine, rest = loved(500, 5), other(500, 6)

    areas = [auroc(*(each.novelty.score(rows) for rows in (mine, rest))) for each in (compared, headed)]
    assert areas[1] > areas[0] + 0.05
    assert "stream" not in kinds(compared)
    assert kinds(headed)[-1] == "stream"
    assert headed.against is not None
    assert headed.against.headed == pytest.approx(areas[1], abs=0.05)
    assert "against 300 pictures of the stream" in str(headed.against)
    assert str(headed.against).endswith("with a head against the stream")


def test_good_pictures_in_the_stream_do_not_turn_it_round() -> None:
    """A tenth of the stream is as good as the owner's own pictures, and counts against the head."""
    stream = np.concatenate([other(270, 2), loved(30, 3)])
    compared, headed = (fitted(owner(stream, stream=each)) for each in (False, True))
    mine, rest = loved(500, 5), other(500, 6)

    areas = [auroc(*(each.novelty.score(rows) for rows in (mine, rest))) for each in (compared, headed)]
    assert areas[1] > areas[0] + 0.05


def test_it_is_left_out_where_the_stream_is_like_the_owners_pictures() -> None:
    found = fitted(owner(loved(300, 2)))

    assert "stream" not in kinds(found)
    assert found.against is not None
    assert "a head against the stream was left out: no likely gain" in str(found.against)


def test_no_picture_is_scored_by_a_head_that_knows_it_or_its_copy() -> None:
    """Nothing tells the two sides apart but which pictures they hold, and each picture is there twice."""

    def twice(rows: np.ndarray, seed: int) -> np.ndarray:
        return unit(
            np.repeat(rows, 2, axis=0) + np.random.default_rng(seed).normal(scale=1e-3, size=(1, DIM))
        )

    good, stream = twice(drawn(75, 0, 1), 3), twice(drawn(75, 0, 2), 4)
    apart = replace(owner(stream, good=good), twins=np.arange(150) // 2)

    assert "stream" not in kinds(fitted(apart))


def test_pictures_of_one_post_are_held_out_together() -> None:
    """Each post is like no other and says nothing of the next; a head that knows a part knows it all."""
    posts = np.repeat(drawn(20, 0, 2), 10, axis=0)
    stream = unit(posts + np.random.default_rng(3).normal(scale=0.06, size=posts.shape))
    own = owner(stream, good=drawn(150, 0, 1))
    nothing = HeldOut(np.zeros(150), np.empty(0), np.empty(0), 1.0, np.zeros(200))
    by_post = replace(own, sources=np.arange(200) // 10)

    assert against_stream.add(by_post, nothing, np.arange(200)) is None
    assert against_stream.add(own, nothing, np.arange(200)) is not None


def test_the_threshold_keeps_what_was_asked_of_new_pictures() -> None:
    unseen, kept = loved(2000, 5), []
    for seed in range(6):  # one sample's quantile alone is off by a few points
        model = fitted(owner(other(300, 2), good=loved(200, seed + 20))).novelty
        kept.append((model.score(unseen) >= model.threshold).mean())

    assert np.mean(kept) == pytest.approx(0.9, abs=0.03)


def test_its_part_remembers_what_it_said_of_pictures_that_it_had_not_seen() -> None:
    found = fitted(owner(other(300, 2)))
    part, without = found.novelty.parts[-1], replace(found.novelty, parts=found.novelty.parts[:-1])

    assert isinstance(part.density, AgainstStream)
    brought = part.weight * (part.density.heldout - part.mean) / part.deviation
    assert np.mean(brought) == pytest.approx(0, abs=1e-5)
    # What it has seen it knows better.
    seen = found.novelty.score(loved(150, 1)) - without.score(loved(150, 1))
    assert seen.mean() > brought.mean()
