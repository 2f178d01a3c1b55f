"""The bundle that ships: its files, its canonical pictures, and the ways it can be damaged."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageDraw

from bowerbird.core.errors import BundleError
from bowerbird.models import canonical
from bowerbird.models.bundle import Bundle, find, load


@pytest.fixture(scope="module")
def lite() -> Bundle:
    return load("lite", verify=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find("lite"), tmp_path / "copy"))


def test_it_is_what_its_manifest_says(lite: Bundle) -> None:
    assert lite.label == f"lite@{lite.manifest.version}"
    assert {seen.image for seen in lite.manifest.canonical} == set(canonical.NAMES)
    assert lite.min_side >= 256


def test_embeddings_are_unit_vectors_and_do_not_depend_on_the_batch(lite: Bundle) -> None:
    pictures = [canonical.draw(name) for name in canonical.NAMES]

    together = lite.encoder.embed(pictures)
    alone = np.concatenate([lite.encoder.embed([picture]) for picture in pictures])

    assert together.shape == (len(pictures), lite.encoder.dim)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert together == pytest.approx(alone, abs=1e-5)


def test_a_drawn_landscape_is_nearer_to_landscapes_than_patterns_are(lite: Bundle) -> None:
    scores = {
        name: lite.novelty.score(lite.encoder.embed([canonical.draw(name)]))[0] for name in canonical.NAMES
    }

    assert scores["dusk"] > max(scores["rings"], scores["board"])
    assert max(scores["rings"], scores["board"]) < lite.novelty.threshold


def test_the_threshold_keeps_what_the_manifest_promises_of_held_out_pictures(lite: Bundle) -> None:
    heldout = np.asarray(lite.novelty.reference["heldout"])

    assert (heldout >= lite.novelty.threshold).mean() == pytest.approx(0.9, abs=0.002)


def test_a_signed_picture_is_called_marked_and_the_place_is_where_the_name_stands(lite: Bundle) -> None:
    assert lite.watermark is not None
    picture = canonical.draw("dusk")
    (clean,) = lite.watermark.detect([picture])
    ImageDraw.Draw(picture).text((520, 550), "\N{COPYRIGHT SIGN} Ada Photography", fill="white", font_size=28)
    (signed,) = lite.watermark.detect([picture])

    assert clean.probability < lite.watermark.threshold <= signed.probability
    assert signed.place is not None
    left, top, right, bottom = signed.place
    assert (left, right) == pytest.approx((520 / 800, 0.99), abs=0.06)
    assert (top, bottom) == pytest.approx((550 / 600, 585 / 600), abs=0.05)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["encoder.onnx", "novelty.npz", "background.npz"])
@pytest.mark.parametrize(
    ("damage", "message"),
    [(cut, "cut off or swapped"), (flip, "sha256 .*: not that file"), (Path.unlink, "missing")],
)
def test_a_damaged_file_is_refused_by_name(
    copy: Path, name: str, damage: Callable[[Path], None], message: str
) -> None:
    damage(copy / name)

    with pytest.raises(BundleError, match=message) as caught:
        load(copy)
    assert name in str(caught.value)


def test_canonical_values_that_do_not_come_out_are_an_error(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["canonical"][0]["novelty"] += 0.1
    (copy / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BundleError, match="novelty of the picture 'dusk' is off by"):
        load(copy, verify=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema"),
        ({"name": "../up"}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"encoder": None}, "encoder"),
    ],
)
def test_a_manifest_that_cannot_be_understood_says_where(copy: Path, change: dict, message: str) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | change))

    with pytest.raises(BundleError, match=message):
        load(copy)


def test_a_manifest_without_end_is_not_read(copy: Path) -> None:
    (copy / "manifest.json").write_bytes(b'{"name": "' + b"a" * 300_000 + b'"}')

    with pytest.raises(BundleError, match="more than 262144 bytes"):
        load(copy)


@pytest.mark.parametrize("style", [[0, 99999], [472, 0], [-1, 4]])
def test_a_style_that_the_embedding_does_not_have_is_refused(copy: Path, style: list[int]) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["encoder"]["style"] = style
    (copy / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BundleError, match="lies outside the 1472 numbers"):
        load(copy)


def test_a_file_name_cannot_leave_the_bundle(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["encoder"]["artifact"]["file"] = "../encoder.onnx"
    (copy / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BundleError, match=r"encoder\.artifact\.file"):
        load(copy)


def test_a_bundle_that_is_not_there_lists_the_ones_that_are() -> None:
    with pytest.raises(BundleError, match=r"no bundle owl: .*installed: .*lite"):
        load("owl")


def test_a_network_that_is_none_is_refused(copy: Path) -> None:
    data = bytes((copy / "encoder.onnx").stat().st_size)
    (copy / "encoder.onnx").write_bytes(data)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["encoder"]["artifact"]["sha256"] = hashlib.sha256(data).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(BundleError, match=r"encoder\.onnx is not a model"):
        load(copy).encoder.embed([canonical.draw("dusk")])


def with_aesthetic_head(folder: Path, numbers: int) -> None:
    np.savez(folder / "aesthetic.npz", coefficients=np.ones(numbers, np.float32), intercept=np.float32(5))
    data = (folder / "aesthetic.npz").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["aesthetic"] = {
        "file": "aesthetic.npz", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
        "licence": "MIT", "source": "here", "precision": "fp32",
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_an_aesthetic_head_is_read_and_hashed_like_the_rest(copy: Path, lite: Bundle) -> None:
    with_aesthetic_head(copy, lite.encoder.dim)
    head = load(copy, verify=True).aesthetic

    assert head is not None
    assert head.score(np.zeros((1, lite.encoder.dim), np.float32)) == pytest.approx([5.0])
    cut(copy / "aesthetic.npz")
    with pytest.raises(BundleError, match=r"aesthetic\.npz has .* cut off"):
        load(copy)


def test_an_aesthetic_head_for_another_encoder_is_refused(copy: Path) -> None:
    with_aesthetic_head(copy, 512)

    with pytest.raises(BundleError, match="reads 512 numbers, the encoder gives"):
        load(copy)
