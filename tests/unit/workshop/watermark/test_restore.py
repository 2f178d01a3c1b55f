"""Going on from an exported file, in the training environment."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite_pytorch")

import onnxruntime as ort  # noqa: E402

from bowerbird.models import canonical  # noqa: E402
from bowerbird.models.bundle import find  # noqa: E402
from layers.models.workshop.watermark import entry  # noqa: E402
from layers.models.workshop.watermark.export import to_onnx  # noqa: E402
from layers.models.workshop.watermark.net import Detector  # noqa: E402
from layers.models.workshop.watermark.restore import restore  # noqa: E402

LITE = find("lite") / "watermark.onnx"


def pictures() -> "torch.Tensor":
    """The canonical pictures, as the network is fed."""
    drawn = [canonical.draw(name).resize((512, 512)) for name in canonical.NAMES]
    return torch.from_numpy(np.concatenate([entry.pixels(np.asarray(picture)) for picture in drawn]))


def restored(path: Path) -> Detector:
    detector = Detector("lite0")
    restore(detector, path, pictures())
    return detector


def test_an_exact_file_comes_back_exactly(tmp_path: Path) -> None:
    first = restored(LITE)
    to_onnx(first.eval(), tmp_path / "exact.onnx", ["logit", "heat"])

    second = restored(tmp_path / "exact.onnx").eval()

    with torch.no_grad():
        for one, other in zip(first(pictures()), second(pictures()), strict=True):
            assert torch.allclose(one, other, atol=1e-3)


def test_what_ships_can_be_gone_on_from() -> None:
    _, wanted = ort.InferenceSession(str(LITE)).run(None, {"pixels": pictures().numpy()})

    detector = restored(LITE)

    with torch.no_grad():
        heat, trained = (detector.train(mode)(pictures())[1].numpy() for mode in (False, True))
    # Apart by the rounding of activations to 8 bits, and by the context that only the learnt head looks at.
    assert np.corrcoef(heat.ravel(), wanted.ravel())[0, 1] > 0.8
    # Batch norms have the statistics of the pictures given, so that training meets what evaluation met.
    assert np.corrcoef(heat.ravel(), trained.ravel())[0, 1] > 0.95


def test_a_file_of_another_network_is_refused(tmp_path: Path) -> None:
    to_onnx(torch.nn.Conv2d(3, 4, 3).eval(), tmp_path / "other.onnx", ["logit"])

    with pytest.raises(SystemExit, match="no weights for this backbone"):
        restored(tmp_path / "other.onnx")
