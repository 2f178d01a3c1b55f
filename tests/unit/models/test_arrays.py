"""An .npz from anybody: nothing is unpacked before it is weighed."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy

from bowerbird.core.errors import BundleError
from bowerbird.models import arrays, background, novelty
from bowerbird.models.densities import Linear
from bowerbird.models.novelty import Novelty, Part


def packed(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    out = io.BytesIO()
    npy.write_array_header_1_0(out, {"descr": descr, "fortran_order": False, "shape": shape})
    return out.getvalue()


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    held = {
        "a": np.arange(6, dtype=np.float16).reshape(2, 3),
        "b": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "c": np.asarray("words"),
        "d": np.asarray(7),
        "e": np.empty((0, 4), np.float32),
    }
    np.savez_compressed(tmp_path / "a.npz", **held)

    read = arrays.read(tmp_path / "a.npz", 1000)

    assert {name: (array.dtype, array.tolist()) for name, array in read.items()} == {
        name: (array.dtype, array.tolist()) for name, array in held.items()
    }


READERS: dict[str, Callable[[Path], object]] = {
    "novelty": lambda path: novelty.load(path, 0.0, 16),
    "head": lambda path: novelty.load_linear(path, 16),
    "background": lambda path: background.load(path, 16),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_bomb_is_refused_by_what_it_says_and_not_unpacked(tmp_path: Path, reader: str) -> None:
    zeros = 64 * 1024 * 1024
    path = packed(tmp_path / "bomb.npz", reference=header((zeros // 4,)) + bytes(zeros))
    assert path.stat().st_size < 100_000

    tracemalloc.start()
    with pytest.raises(BundleError, match=r"reference\.npy would take 67108864 bytes, where"):
        READERS[reader](path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * 1024 * 1024


def test_many_arrays_are_weighed_together(tmp_path: Path) -> None:
    one = header((200,)) + bytes(800)

    with pytest.raises(ValueError, match="its arrays would take 2400 bytes, where 2000 are allowed"):
        arrays.read(packed(tmp_path / "a.npz", a=one, b=one, c=one), 1000)
    with pytest.raises(ValueError, match="holds 300 arrays"):
        arrays.read(packed(tmp_path / "b.npz", **{f"a{each}": one for each in range(300)}), 1000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (header((2**40, 2**40)), "would take|archive says otherwise"),
        (header((100,)) + bytes(8), "archive says otherwise"),
        (header((1,)) + bytes(80_000), "archive says otherwise"),
        (header((-4,)) + bytes(16), "has the shape"),
        (header((1,), "|V8") + bytes(8), "only numbers and texts"),
        (header((1,), "<c8") + bytes(8), "only numbers and texts"),
        (header((1,), "<U4000000") + bytes(8), "archive says otherwise|would take"),
        (b"\x93NUMPY\x03\x00" + header((1,))[8:] + bytes(4), "version"),
        (b"\x93NUMPY\x01\x00\x08\x00(((((((\n", "."),
        (b"nothing of the kind", "magic"),
    ],
)
def test_a_first_line_that_lies_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(arrays.DAMAGED, match=message):
        arrays.read(packed(tmp_path / "a.npz", a=data), 1000)


def test_a_zip_that_says_less_than_it_holds_is_read_as_far_as_it_says(tmp_path: Path) -> None:
    """A directory that lies about the size: nothing beyond what was weighed is unpacked."""
    path = packed(tmp_path / "a.npz", a=header((1_000_000,), "<u1") + bytes(1_000_000))
    said, lie = (len(header((1,))) + size for size in (1_000_000, 100))
    path.write_bytes(path.read_bytes().replace(said.to_bytes(4, "little"), lie.to_bytes(4, "little")))

    with pytest.raises(arrays.DAMAGED, match=r"archive says otherwise|Bad CRC|would take"):
        arrays.read(path, 1000)


def test_a_damaged_or_locked_archive_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "novelty.npz"
    near = Linear(np.random.default_rng(0).normal(size=400).astype(np.float32), np.float32(0))
    novelty.save(Novelty((Part(near, (0, 400)),), 0.0), path)
    whole = path.read_bytes()
    at = whole.index(b"0.coefficients.npy") + 200

    for damaged in (
        whole[:at] + b"\xff" * 64 + whole[at + 64 :],  # the packed bytes themselves
        whole.replace(b"PK\x01\x02-\x03-\x00\x00", b"PK\x01\x02-\x03-\x00\x01"),  # a password
        whole.replace(b"\x08\x00\x00\x00!\x00", b"\x63\x00\x00\x00!\x00"),  # a packing that nobody knows
    ):
        assert damaged != whole
        path.write_bytes(damaged)
        with pytest.raises(BundleError, match=r"novelty\.npz is not a novelty model"):
            novelty.load(path, 0.0, 400)
