"""Runs only where torch is: see layers/models/workshop/watermark/requirements.txt."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from layers.models.workshop.watermark import convert_published  # noqa: E402 - after the check for torch
from layers.models.workshop.watermark.efficientnetv2_b0 import EfficientNetV2B0  # noqa: E402


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise AssertionError('the file was executed')",)


@pytest.fixture(scope="module")
def model() -> EfficientNetV2B0:
    torch.manual_seed(0)
    return EfficientNetV2B0().eval()


@pytest.mark.parametrize(
    "wrap", [lambda m: m.state_dict(), lambda m: {"state_dict": m.state_dict()}, lambda m: m]
)
def test_every_way_of_saving_gives_the_same_tensors(
    model: EfficientNetV2B0, wrap: object, tmp_path: Path
) -> None:
    torch.save(wrap(model), tmp_path / "model.pt")
    found = convert_published.read(tmp_path / "model.pt")
    assert found.keys() == model.state_dict().keys()
    assert all(torch.equal(found[name], value) for name, value in model.state_dict().items())


def test_a_file_that_would_run_code_does_not(model: EfficientNetV2B0, tmp_path: Path) -> None:
    torch.save({"state_dict": model.state_dict(), "also": Bomb()}, tmp_path / "model.pt")
    assert convert_published.read(tmp_path / "model.pt").keys() == model.state_dict().keys()


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    torch.save(EfficientNetV2B0(classes=2).state_dict(), tmp_path / "model.pt")
    with pytest.raises(RuntimeError, match="size mismatch for classifier"):
        convert_published.convert(tmp_path / "model.pt", tmp_path / "model.onnx")


def test_what_is_no_torch_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"<html>not here</html>")
    with pytest.raises((pickle.UnpicklingError, RuntimeError)):
        convert_published.read(tmp_path / "model.pt")
