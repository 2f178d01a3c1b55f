"""A bundle's glance: it guesses the encoder's vectors, and bundles from before it still load."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.models import canonical
from bowerbird.models.bundle import Bundle, find, load
from bowerbird.models.glance import Glance


@pytest.fixture(scope="module")
def lite() -> Bundle:
    return load("lite")


@pytest.fixture(scope="module")
def glance(lite: Bundle) -> Glance:
    assert lite.glance is not None
    return lite.glance


def test_it_guesses_what_the_encoder_says(lite: Bundle, glance: Glance) -> None:
    pictures = [canonical.draw(name) for name in canonical.NAMES]
    said, guessed = lite.encoder.embed(pictures), glance.encoder.embed(pictures)
    assert guessed.shape == said.shape
    # Of each picture, the guess is nearer to what the encoder says of it than of the others.
    assert (guessed @ said.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_owners_own_model_scores_the_guess(lite: Bundle, glance: Glance) -> None:
    picture = canonical.draw("dusk")
    assert glance.score_of(picture) == pytest.approx(
        float(lite.novelty.score(glance.encoder.embed([picture]))[0])
    )
    assert glance.novelty is lite.novelty


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
