"""PyTorch's files in the ways they are saved, and files that are none or mean harm."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bowerbird.core.errors import BundleError
from bowerbird.training import torch_files
from tests.unit.training import torch_zip
from tests.unit.training.torch_zip import Call, Global, tensor

TENSORS = {
    "a.weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a.steps": np.array(7, np.int64),
    "b": np.array([0.5, -2], np.float16),
}


def as_model(calls: dict[str, Call]) -> Call:
    """A whole pickled model: its class is not importable here, its tensors are parameters and buffers."""
    inner = Call(
        Global("timm.layers", "Linear"),
        state={"_parameters": {"weight": calls["a.weight"]}, "_buffers": {"steps": calls["a.steps"]}},
    )
    return Call(
        Global("timm.models", "Net"), state={"_parameters": {"b": calls["b"]}, "_modules": {"a": inner}}
    )


@pytest.mark.parametrize(
    "shape",
    [
        dict,
        lambda calls: {"state_dict": dict(calls), "epoch": 3},
        lambda calls: {f"module.{name}": value for name, value in calls.items()},
        as_model,
        lambda calls: {"model": as_model(calls)},
    ],
)
def test_every_way_of_saving_gives_the_same_tensors(shape: Any, tmp_path: Path) -> None:
    torch_zip.write(tmp_path / "m.pt", TENSORS, shape)

    found = torch_files.read(tmp_path / "m.pt")

    assert found.keys() == TENSORS.keys()
    assert all(np.array_equal(found[name], value) for name, value in TENSORS.items())


def test_a_file_that_would_run_code_does_not(tmp_path: Path) -> None:
    bomb = Call(Global("builtins", "exec"), "raise AssertionError('the file was executed')")
    torch_zip.write(tmp_path / "m.pt", TENSORS, lambda calls: {"state_dict": dict(calls), "also": bomb})

    assert torch_files.read(tmp_path / "m.pt").keys() == TENSORS.keys()


def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    torch_zip.write(tmp_path / "m.pt", {"a": values}, lambda _: {"a": tensor("0", values, size=(9, 9))})

    with pytest.raises(BundleError, match="reaches beyond"):
        torch_files.read(tmp_path / "m.pt")


def _zip(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/").replace("_pkl", ".pkl"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not here</html>",
        pickle.dumps({"weight": 1}),
        _zip(readme=b"none"),
        _zip(m__data_pkl=b"\x80\x02broken"),
        _zip(m__data_pkl=pickle.dumps(1), n__data_pkl=pickle.dumps(1)),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.pt").write_bytes(data)

    with pytest.raises(BundleError, match=r"m\.pt is no PyTorch file"):
        torch_files.read(tmp_path / "m.pt")


def refused(path: Path, data: bytes, message: str) -> None:
    path.write_bytes(data)
    with pytest.raises(BundleError, match=message):
        torch_files.read(path)


def test_a_packed_file_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/data.pkl", bytes(50_000_000))

    with pytest.raises(BundleError, match=r"m/data\.pkl is packed"):
        torch_files.read(tmp_path / "m.pt")


def test_a_tensor_that_repeats_one_number_a_billion_times_is_refused(tmp_path: Path) -> None:
    values = np.zeros(4, np.float32)
    odd = {"a": tensor("0", values, size=(10**6, 10**6), stride=(0, 0))}
    torch_zip.write(tmp_path / "m.pt", {"a": values}, lambda _: odd)

    with pytest.raises(BundleError, match="larger than its numbers"):
        torch_files.read(tmp_path / "m.pt")


def test_a_pickle_that_asks_for_gigabytes_is_refused(tmp_path: Path) -> None:
    place, array = b"\x80\x02}r\xff\xff\xff\x7f.", b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b"."

    refused(tmp_path / "m.pt", _zip(m__data_pkl=place), "has a place 2147483647")
    refused(tmp_path / "n.pt", _zip(m__data_pkl=array), "is no PyTorch file")


def test_few_objects_in_a_billion_places_are_refused(tmp_path: Path) -> None:
    held: dict[str, Any] = {}
    for _ in range(40):
        held = {"a": held, "b": held}

    refused(tmp_path / "m.pt", _zip(m__data_pkl=pickle.dumps(held)), "names more than 100000 things")


def test_an_object_that_holds_itself_is_refused(tmp_path: Path) -> None:
    held: dict[str, Any] = {}
    held["again"] = held

    refused(tmp_path / "m.pt", _zip(m__data_pkl=pickle.dumps(held)), "is no PyTorch file")
