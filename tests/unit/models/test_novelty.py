from pathlib import Path

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.models.background import Background
from bowerbird.models.densities import AgainstStream, Commonness, Linear, Neighbours, unit
from bowerbird.models.novelty import Novelty, Part, load, save

HEAD = Linear(np.array([1.0, 0.0], np.float32), np.float32(0))


def model() -> Novelty:
    near = Neighbours(np.eye(2, dtype=np.float16), np.asarray(1))
    parts = (Part(HEAD, (0, 2), mean=0.2, deviation=0.1), Part(near, (2, 4), weight=0.5))
    return Novelty(parts, -1.5, {"training": np.arange(3.0), "heldout": np.arange(2.0)})


def test_score_is_the_weighted_sum_of_standardised_parts() -> None:
    embedding = np.array([[0.6, 0.8, 0.8, 0.6]], np.float32) / np.float32(2**0.5)

    assert model().score(embedding) == pytest.approx([(0.6 - 0.2) / 0.1 + 0.5 * 0.8], abs=1e-5)


def test_a_stored_model_scores_the_same(tmp_path: Path) -> None:
    save(model(), tmp_path / "novelty.npz")
    read = load(tmp_path / "novelty.npz", -1.5, 4)
    vectors = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)

    assert read.score(vectors) == pytest.approx(model().score(vectors))
    assert {name: scores.tolist() for name, scores in read.reference.items()} == {
        "training": [0.0, 1.0, 2.0],
        "heldout": [0.0, 1.0],
    }


def test_a_head_against_a_stream_keeps_what_it_said_of_unseen_pictures(tmp_path: Path) -> None:
    head = AgainstStream(HEAD.coefficients, HEAD.intercept, np.array([0.5, -0.25], np.float32))
    save(Novelty((Part(head, (1, 3)),), 0.0), tmp_path / "novelty.npz")
    (part,) = load(tmp_path / "novelty.npz", 0.0, 4).parts

    assert isinstance(part.density, AgainstStream)
    assert part.density.heldout.tolist() == [0.5, -0.25]
    assert part.density.score(np.array([[0.6, 0.8]], np.float32)) == pytest.approx([0.6])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"0.kind": np.asarray("pickle")}, "kind 'pickle' is unknown"),
        ({"0.span": np.asarray((0, 9))}, "reads 2 of 0:9"),
        ({"0.scale": np.asarray((0.0, 0.0, 1.0))}, "not finite"),
        ({"parts": np.asarray(0)}, "no parts"),
        ({"parts": np.asarray(3)}, "kind"),
        ({"0.extra": np.asarray(1)}, "unexpected keyword"),
        ({"0.coefficients": np.asarray(["a", "b"])}, "coefficients holds something that is no number"),
        ({"0.intercept": np.asarray(np.nan)}, "intercept holds something that is no number"),
        ({"1.k": np.asarray(np.inf)}, "k holds something that is no number"),
    ],
)
def test_an_odd_file_is_refused(tmp_path: Path, change: dict[str, np.ndarray], message: str) -> None:
    path = tmp_path / "novelty.npz"
    save(model(), path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(path, **(arrays | change))

    with pytest.raises(BundleError, match=message):
        load(path, 0.0, 4)


def test_a_pickle_inside_is_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "novelty.npz"
    np.savez(path, parts=np.array([{"a": 1}], dtype=object))

    with pytest.raises(BundleError, match="objects are never loaded"):
        load(path, 0.0, 4)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"\x80\x04}q\x00."])
def test_bytes_that_are_no_archive_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "novelty.npz"
    path.write_bytes(data)

    with pytest.raises(BundleError, match="not a novelty model"):
        load(path, 0.0, 4)


def against_the_background() -> tuple[Novelty, Background]:
    vectors = np.random.default_rng(3).normal(size=(30, 4)).astype(np.float32)
    ordinary = Background(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.arange(30), "thirty")
    density = Commonness.among(ordinary.vectors, np.arange(5, 30), np.asarray(5))
    common = Part(density, (0, 4), mean=0.4, deviation=0.1, weight=-0.6)
    return Novelty((*model().parts, common), -1.5), ordinary


def test_likeness_to_ordinary_pictures_counts_against_a_picture() -> None:
    compared, ordinary = against_the_background()
    nearest = np.sort(ordinary.vectors[:1] @ ordinary.vectors[5:].T)[:, -5:].mean()

    lost = model().score(ordinary.vectors[:1]) - compared.score(ordinary.vectors[:1])
    assert lost == pytest.approx([0.6 * (nearest - 0.4) / 0.1], abs=1e-5)


def test_a_stored_model_takes_the_ordinary_pictures_from_the_bundle(tmp_path: Path) -> None:
    compared, ordinary = against_the_background()
    save(compared, tmp_path / "novelty.npz")
    vectors = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)

    read = load(tmp_path / "novelty.npz", -1.5, 4, background=ordinary)

    assert read.score(vectors) == pytest.approx(compared.score(vectors))
    with np.load(tmp_path / "novelty.npz") as archive:
        assert "2.reference" not in archive.files


def test_a_model_without_the_background_it_compares_with_is_refused(tmp_path: Path) -> None:
    compared, ordinary = against_the_background()
    save(compared, tmp_path / "novelty.npz")
    fewer = Background(ordinary.vectors[:20], ordinary.sources[:20], "twenty")

    with pytest.raises(BundleError, match="the bundle has none"):
        load(tmp_path / "novelty.npz", -1.5, 4)
    with pytest.raises(BundleError, match=r"rows of shape .25,. of a background of 20 pictures"):
        load(tmp_path / "novelty.npz", -1.5, 4, background=fewer)


def test_a_model_scores_vectors_that_are_told_by_fewer_numbers() -> None:
    rng = np.random.default_rng(8)
    wide = unit(rng.normal(size=(30, 12)).astype(np.float32))
    model = Novelty(
        (
            Part(Neighbours(wide, np.asarray(3)), (0, 12), 0.1, 0.2, 1.0),
            Part(Linear(wide[0, :5], np.float32(0.5)), (0, 5), 0.3, 0.4, 2.0),
            Part(Neighbours(wide[:, 3:9], np.asarray(2)), (3, 9), 0.0, 1.0, -1.0),
        ),
        threshold=0.25,
    )
    basis = np.linalg.qr(rng.normal(size=(12, 12)))[0][:4].astype(np.float32)
    short = unit(rng.normal(size=(20, 4)).astype(np.float32))
    within = model.within(basis)

    assert within.score(short) == pytest.approx(model.score(short @ basis), abs=1e-4)
    assert within.threshold == model.threshold
    assert within.score(np.zeros((1, 4), np.float32)) == pytest.approx(
        model.score(np.zeros((1, 12), np.float32))
    )
