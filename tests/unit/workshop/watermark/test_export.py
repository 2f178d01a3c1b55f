"""The mean of checkpoints, in the training environment."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")

from layers.models.workshop.watermark.export import load  # noqa: E402
from layers.models.workshop.watermark.net import Detector  # noqa: E402


def checkpoint(path: Path, backbone: str, bias: float) -> Path:
    detector = Detector(backbone)
    torch.nn.init.constant_(detector.bias, bias)
    torch.save({"backbone": backbone, "average": detector.state_dict()}, path)
    return path


def test_several_checkpoints_give_their_mean(tmp_path: Path) -> None:
    first, second = checkpoint(tmp_path / "a.pt", "lite0", 1.0), checkpoint(tmp_path / "b.pt", "lite0", 4.0)

    assert load([first]).bias.item() == 1.0
    assert load([first, second]).bias.item() == 2.5


def test_different_backbones_have_no_mean(tmp_path: Path) -> None:
    first, second = checkpoint(tmp_path / "a.pt", "lite0", 1.0), checkpoint(tmp_path / "b.pt", "v2b0", 4.0)

    with pytest.raises(SystemExit, match="different backbones"):
        load([first, second])
