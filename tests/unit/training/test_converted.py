"""Published weights become a bundle's files without PyTorch, and compute what PyTorch computes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError
from bowerbird.models.manifest import Artifact, WatermarkEntry
from bowerbird.training import converted, published
from tests.unit.training import torch_zip

Tensors = dict[str, NDArray[Any]]

# What PyTorch 2.13 gives for the weights and pictures below, with layers/models/workshop's EfficientNetV2B0.
# Like this it can be computed again: load_state_dict(weights()), eval(), and pictures() in.
TORCH = (-8752.1523, -109302.477, -88811.297)


def weights() -> Tensors:
    """A state dict of the published architecture, the same on every machine."""
    rng = np.random.default_rng(0)
    table = json.loads((Path(converted.__file__).with_name("frames") / "efficientnetv2_b0.json").read_text())
    norms = {pair["conv"]: pair["norm"] for pair in table["folded"]}

    def made() -> Iterator[tuple[str, NDArray[Any]]]:
        for name, shape in table["tensors"].items():
            layer = name.rpartition(".")[0]
            if name.endswith(".weight"):
                reach = (2 / np.prod(shape[1:])) ** 0.5 if layer != "classifier" else 1.0
                yield name, rng.normal(0, reach, shape)
            elif layer not in norms:
                yield name, rng.normal(0, 0.1, shape)
            else:
                yield f"{norms[layer]}.weight", rng.uniform(0.5, 1.5, shape)
                yield f"{norms[layer]}.bias", rng.normal(0, 0.1, shape)
                yield f"{norms[layer]}.running_mean", rng.normal(0, 0.1, shape)
                yield f"{norms[layer]}.running_var", rng.uniform(0.5, 1.5, shape)

    return {name: value.astype(np.float32) for name, value in made()}


def pictures() -> NDArray[np.float32]:
    """Three pictures that differ: a slope, waves, noise."""
    slope = np.linspace(-1, 1, 512, dtype=np.float32)
    across = np.broadcast_to(slope, (512, 512))
    waves = np.sin(9 * slope[:, None] * slope[None, :])
    noise = np.random.default_rng(1).uniform(-1, 1, (512, 512))
    return np.stack([np.stack([each] * 3) for each in (across, waves, noise)]).astype(np.float32)


def test_the_network_computes_what_pytorch_computes(tmp_path: Path) -> None:
    torch_zip.write(tmp_path / "watermark.pt", weights(), dict)

    converted.watermark(tmp_path / "watermark.pt", tmp_path, published.read().watermark)

    session = ort.InferenceSession(str(tmp_path / "watermark.onnx"), providers=["CPUExecutionProvider"])
    (given,) = session.run(None, {"pixels": pictures()})
    assert given.ravel() == pytest.approx(TORCH, abs=20)  # they differ by 100,000
    entry = WatermarkEntry.model_validate_json((tmp_path / "watermark.json").read_text())
    assert entry.artifact.licence == "CC-BY-SA-4.0"
    assert entry.threshold.value == 0.5


@pytest.mark.parametrize(
    ("name", "says"), [("blocks.4.2.bn2.bias", "blocks.4.2.bn2.bias"), ("classifier.weight", "is missing")]
)
def test_weights_of_another_network_are_refused_by_what_is_missing(
    name: str, says: str, tmp_path: Path
) -> None:
    torch_zip.write(tmp_path / "w.pt", {key: each for key, each in weights().items() if key != name}, dict)

    with pytest.raises(BundleError, match=says):
        converted.watermark(tmp_path / "w.pt", tmp_path, published.read().watermark)

    assert not (tmp_path / "watermark.onnx").exists()


def test_a_layer_with_two_outputs_is_refused(tmp_path: Path) -> None:
    changed = weights() | {"classifier.weight": np.zeros((2, 1280), np.float32)}
    torch_zip.write(tmp_path / "w.pt", changed, dict)

    with pytest.raises(BundleError, match=r"classifier\.weight has the shape \[2, 1280\], not \[1, 1280\]"):
        converted.watermark(tmp_path / "w.pt", tmp_path, published.read().watermark)


def test_the_aesthetic_head_becomes_plain_arrays(tmp_path: Path) -> None:
    layer = {"weight": np.arange(512, dtype=np.float32)[None], "bias": np.array([4.5], np.float32)}
    torch_zip.write(tmp_path / "aesthetic.pth", layer, dict)

    converted.aesthetic(tmp_path / "aesthetic.pth", tmp_path, published.read().aesthetic)

    with np.load(tmp_path / "aesthetic.npz", allow_pickle=False) as arrays:
        assert np.array_equal(arrays["coefficients"], np.arange(512))
        assert float(arrays["intercept"]) == 4.5
    assert Artifact.model_validate_json((tmp_path / "aesthetic.json").read_text()).licence == "MIT"


def test_another_head_is_refused(tmp_path: Path) -> None:
    torch_zip.write(tmp_path / "a.pth", {"weight": np.zeros((2, 512), np.float32)}, dict)

    with pytest.raises(BundleError, match="one linear layer"):
        converted.aesthetic(tmp_path / "a.pth", tmp_path, published.read().aesthetic)
