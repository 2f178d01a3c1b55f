"""The ordinary pictures of a bundle, stored in 8 bits."""

from pathlib import Path

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.models.background import MOST, Background, load, save


def ordinary(count: int = 200, dim: int = 64) -> Background:
    vectors = np.random.default_rng(1).normal(size=(count, dim)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Background(vectors, np.arange(count) // 10, "drawn by chance", "CC0-1.0")


def test_eight_bits_keep_what_the_vectors_say(tmp_path: Path) -> None:
    save(ordinary(), tmp_path / "background.npz")
    read = load(tmp_path / "background.npz", 64)

    assert np.sum(read.vectors * ordinary().vectors, axis=1).min() > 0.9995
    assert np.linalg.norm(read.vectors, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert read.sources.tolist() == ordinary().sources.tolist()
    assert (read.made_of, read.licence) == ("drawn by chance", "CC0-1.0")
    assert (tmp_path / "background.npz").stat().st_size < 200 * 64 + 2000


def test_passing_it_on_changes_nothing(tmp_path: Path) -> None:
    save(ordinary(), tmp_path / "background.npz")
    save(load(tmp_path / "background.npz", 64), tmp_path / "again.npz")

    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "background.npz").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vectors": np.zeros((4, 3), np.int8)}, "vectors of shape .4, 3. from sources of shape .200,."),
        ({"vectors": np.zeros((200, 64))}, "float64 numbers"),
        ({"vectors": np.zeros((200, 3), np.int8)}, "holds 3 numbers a picture, the encoder gives 64"),
        (
            {"vectors": np.zeros((MOST + 1, 64), np.int8), "sources": np.zeros(MOST + 1)},
            "4097 pictures, where 1 to 4096 are allowed",
        ),
        ({"made_of": np.asarray({"a": 1}, object)}, "objects are never loaded"),
    ],
)
def test_an_odd_file_is_refused(tmp_path: Path, change: dict[str, np.ndarray], message: str) -> None:
    path = tmp_path / "background.npz"
    save(ordinary(), path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    np.savez(path, **(arrays | change), allow_pickle=True)

    with pytest.raises(BundleError, match=message):
        load(path, 64)
