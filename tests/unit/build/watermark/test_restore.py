"""Going on from an exported file, in the training environment."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")

import onnxruntime as ort  # noqa: E402

from bowerbird_models.bundle import find  # noqa: E402
from layers.models.build.watermark.export import to_onnx  # noqa: E402
from layers.models.build.watermark.net import Detector  # noqa: E402
from layers.models.build.watermark.restore import restore  # noqa: E402

LITE = find("lite") / "watermark.onnx"


def noise(count: int, side: int, seed: int) -> "torch.Tensor":
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def restored(path: Path) -> Detector:
    detector = Detector("lite0")
    restore(detector, path, noise(8, 192, seed=1))
    return detector


def test_an_exact_file_comes_back_exactly(tmp_path: Path) -> None:
    first = restored(LITE)
    to_onnx(first.eval(), tmp_path / "exact.onnx", ["logit", "heat"])

    second = restored(tmp_path / "exact.onnx").eval()

    with torch.no_grad():
        for one, other in zip(first(noise(2, 512, seed=2)), second(noise(2, 512, seed=2)), strict=True):
            assert torch.allclose(one, other, atol=1e-3)


def test_what_ships_can_be_gone_on_from() -> None:
    pixels = noise(2, 512, seed=3)
    _, wanted = ort.InferenceSession(str(LITE)).run(None, {"pixels": pixels.numpy()})

    detector = restored(LITE)

    with torch.no_grad():
        heat = detector.eval()(pixels)[1].numpy()
    # Apart by the rounding of activations to 8 bits, which training does without.
    assert np.corrcoef(heat.ravel(), wanted.ravel())[0, 1] > 0.9
    # Batch norms have the statistics of the pictures given, so that training meets what it met in evaluation.
    crops = noise(8, 192, seed=1)
    with torch.no_grad():
        seen, trained = detector.eval()(crops)[1], detector.train()(crops)[1]
    assert np.corrcoef(seen.numpy().ravel(), trained.numpy().ravel())[0, 1] > 0.9


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    to_onnx(torch.nn.Conv2d(3, 4, 3).eval(), tmp_path / "other.onnx", ["logit"])

    with pytest.raises(SystemExit, match="no weights for this backbone"):
        restored(tmp_path / "other.onnx")
