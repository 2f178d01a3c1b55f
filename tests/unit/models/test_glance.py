"""A bundle's glance: it guesses the encoder's vectors, and bundles from before it still load."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.models import canonical
from bowerbird.models.bundle import Bundle, find, load
from bowerbird.models.glance import BASIS_FILE, Glance, read_basis, write_basis
from bowerbird.models.manifest import GlanceEntry
from bowerbird.training.write import networks


@pytest.fixture(scope="module")
def lite() -> Bundle:
    return load("lite")


@pytest.fixture(scope="module")
def glance(lite: Bundle) -> Glance:
    assert lite.glance is not None
    return lite.glance


def test_it_guesses_what_the_encoder_says(lite: Bundle, glance: Glance) -> None:
    pictures = [canonical.draw(name) for name in canonical.NAMES]
    said = lite.encoder.embed(pictures)
    guessed = glance.encoder.embed(pictures) @ read_basis(lite.folder / BASIS_FILE, lite.encoder.dim)
    assert guessed.shape == said.shape
    # Of each picture, the guess is nearer to what the encoder says of it than of the others.
    assert (guessed @ said.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_owners_own_model_scores_the_guess(lite: Bundle, glance: Glance) -> None:
    picture = canonical.draw("dusk")
    guess = glance.encoder.embed([picture]) @ read_basis(lite.folder / BASIS_FILE, lite.encoder.dim)
    assert glance.score_of(picture) == pytest.approx(float(lite.novelty.score(guess)[0]), abs=1e-3)


def test_a_network_without_a_basis_tells_whole_guesses(lite: Bundle, tmp_path: Path) -> None:
    old = Path(shutil.copytree(lite.folder, tmp_path / "old"))
    manifest = json.loads((old / "manifest.json").read_text())
    del manifest["glance"]["basis"]
    for name in ("artifact", "preprocess"):  # the encoder itself tells whole vectors
        manifest["glance"][name] = manifest["encoder"][name]
    (old / "manifest.json").write_text(json.dumps(manifest))
    glance, picture = load(old).glance, canonical.draw("dusk")
    assert glance is not None
    assert glance.score_of(picture) == float(lite.novelty.score(lite.encoder.embed([picture]))[0])


@pytest.mark.parametrize(
    ("basis", "message"),
    [
        (np.eye(4, 5, dtype=np.float32), "shape"),
        (np.full((4, 1472), np.nan, np.float32), "no number"),
        (np.zeros(1472, np.float32), "shape"),
    ],
)
def test_a_basis_that_fits_no_encoder_is_refused(tmp_path: Path, basis: np.ndarray, message: str) -> None:
    write_basis(basis, tmp_path / BASIS_FILE)
    with pytest.raises(BundleError, match=f"not the basis of a glance.*{message}"):
        read_basis(tmp_path / BASIS_FILE, 1472)


def test_a_damaged_basis_is_refused(tmp_path: Path) -> None:
    (tmp_path / BASIS_FILE).write_bytes(b"PK\3\4 nothing")
    with pytest.raises(BundleError, match="not the basis of a glance"):
        read_basis(tmp_path / BASIS_FILE, 1472)


def test_a_new_bundle_takes_the_basis_along(lite: Bundle) -> None:
    files = [artifact.file for artifact in networks("lite").artifacts]
    assert {BASIS_FILE, "glance.onnx"} <= set(files)
    assert isinstance(lite.manifest.glance, GlanceEntry)
    assert BASIS_FILE in [artifact.file for artifact in lite.manifest.artifacts]


def test_it_is_content_with_a_copy_of_half_as_much_again_as_it_sees(glance: Glance) -> None:
    assert (glance.encoder.min_side, glance.preview_side) == (96, 144)


def test_its_margin_is_what_was_measured(lite: Bundle, glance: Glance) -> None:
    entry = lite.manifest.glance
    assert entry is not None
    assert entry.margin is not None
    assert glance.margin == entry.margin.value
    assert "of what passes goes on, at 95% confidence" in entry.margin.chosen


def test_a_bundle_without_it_loads(tmp_path: Path) -> None:
    old = Path(shutil.copytree(find("lite"), tmp_path / "old"))
    manifest = json.loads((old / "manifest.json").read_text())
    del manifest["glance"]
    for seen in manifest["canonical"]:
        del seen["glance"]
    (old / "manifest.json").write_text(json.dumps(manifest))
    (old / "glance.onnx").unlink()
    (old / BASIS_FILE).unlink()
    assert load(old, verify=True).glance is None


def test_what_computes_something_else_is_told(tmp_path: Path) -> None:
    wrong = Path(shutil.copytree(find("lite"), tmp_path / "wrong"))
    manifest = json.loads((wrong / "manifest.json").read_text())
    manifest["canonical"][0]["glance"] += 0.5
    (wrong / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="glance of the picture 'dusk' is off by"):
        load(wrong, verify=True)


def test_the_same_picture_scores_the_same_alone_and_among_others(glance: Glance) -> None:
    pictures = [canonical.draw(name) for name in canonical.NAMES]
    alone = np.concatenate([glance.encoder.embed([picture]) for picture in pictures])
    assert glance.encoder.embed(pictures) == pytest.approx(alone, abs=1e-4)
