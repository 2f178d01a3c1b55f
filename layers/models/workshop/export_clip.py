"""Exports CLIP's image encoder from OpenAI's ViT-B-16.pt to ONNX: fp32, fp16 or int8, compared with torch.

    .venv-train/bin/python -m layers.models.workshop.export_clip ViT-B-16.pt --out clip --precision fp32

Writes `encoder.onnx` and `encoder.json`, which `bowerbird train --encoder clip/encoder.json` reads.
`bowerbird models pull clip --precision fp32` fetches the weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from . import artifact
from .clip_tower import DIM, SIDE, Tower
from .half_weights import halve_weights

PARITY: Final = 1e-4
# The file also holds the text network, which nobody here needs.
_PREFIX: Final = "visual."
_STORED: Final = {"fp32": "fp32", "fp16": "fp16 weights, fp32 arithmetic", "int8": "int8 weights of products"}
_TABLE: Final = Path(__file__).resolve().parents[3] / "src/bowerbird/training/published.json"


def load(path: Path) -> Tower:
    """The encoder of a TorchScript archive as OpenAI publishes it (half precision), in single precision."""
    state = torch.jit.load(path, map_location="cpu").state_dict()
    own = {name.removeprefix(_PREFIX): value for name, value in state.items() if name.startswith(_PREFIX)}
    tower = Tower()
    tower.load_state_dict({name: value.float() for name, value in own.items()})
    return tower.eval()


def to_onnx(tower: Tower, path: Path) -> None:
    """Write the fp32 graph, for any number of pictures at a time."""
    torch.onnx.export(
        tower,
        (torch.zeros(2, 3, SIDE, SIDE),),
        str(path),
        input_names=["pixels"],
        output_names=["features"],
        dynamic_axes={"pixels": {0: "n"}, "features": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def to_int8(full: Path, path: Path, *, reduce_range: bool = True) -> None:
    """Quantise the products with weights. Activations are quantised as they come.

    Without VNNI, AVX2 adds two products in 16 bits. Weights of 8 bits can overflow these, 7-bit weights
    cannot:
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html#when-and-why-do-i-need-to-try-u8u8
    """
    quantize_dynamic(
        full,
        path,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=reduce_range,
        weight_type=QuantType.QInt8,
    )


def features(path: Path, pixels: np.ndarray) -> np.ndarray:
    """Compute the features of pixels with onnxruntime."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: pixels})[0]


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Compute the cosines row by row."""
    return (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


def probes(count: int = 8) -> np.ndarray:
    """Make coarse and fine noise in the range of normalised pixels, (N, 3, 224, 224)."""
    chance = torch.Generator().manual_seed(0)
    made = []
    for index in range(count):
        coarse = torch.randn(1, 3, 4 << (index % 5), 4 << (index % 5), generator=chance)
        made.append(torch.nn.functional.interpolate(coarse, SIDE, mode="bilinear"))
    return torch.cat(made).numpy()


def export(tower: Tower, out: Path, precisions: tuple[str, ...]) -> dict[str, Path]:
    """Write `encoder.PRECISION.onnx`, print a line each, and stop if fp32 is not what torch computes."""
    out.mkdir(parents=True, exist_ok=True)
    pixels = probes()
    with torch.no_grad():
        wanted = tower(torch.from_numpy(pixels)).numpy()
    paths = {name: out / f"encoder.{name}.onnx" for name in ("fp32", *precisions)}
    to_onnx(tower, paths["fp32"])
    makers: dict[str, Callable[[Path, Path], None]] = {"fp16": halve_weights, "int8": to_int8}
    for name, path in paths.items():
        if name in makers:
            makers[name](paths["fp32"], path)
        given = features(path, pixels)
        difference = float(np.abs(given - wanted).max())
        print(
            f"| {name} | {path.stat().st_size / 1e6:.1f} MB | {difference:.2g} "
            f"| {cosines(given, wanted).min():.6f} |"
        )
        if name == "fp32" and difference > PARITY:
            raise SystemExit(f"ONNX differs from torch by {difference:.2g}, more than {PARITY}")
    return paths


def describe(path: Path, precision: str, weights: str) -> dict[str, Any]:
    """The entry of `encoder.json`; pictures are prepared as for the published ONNX files."""
    return {
        "artifact": artifact.describe(
            path,
            licence="MIT",
            source=f"OpenAI ViT-B-16.pt, sha256 {weights}",
            precision=_STORED[precision],
        ),
        "preprocess": json.loads(_TABLE.read_text(encoding="utf-8"))["preprocess"]["squash"],
        "dim": DIM,
    }


def main() -> None:
    """Check, load, export, describe."""
    published = json.loads(_TABLE.read_text(encoding="utf-8"))["clip"]["fp32"]["sha256"]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("weights", type=Path, help="ViT-B-16.pt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=(*_STORED, "all"), default="fp32")
    parser.add_argument("--sha256", default=published, help="what the weights must hash to")
    args = parser.parse_args()
    with args.weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != args.sha256:
        raise SystemExit(f"{args.weights} has sha256 {digest}, not {args.sha256}: fetch it again")
    if args.precision == "all":
        export(load(args.weights), args.out, ("fp16", "int8"))
        return
    paths = export(load(args.weights), args.out, (args.precision,))
    target = paths[args.precision].replace(args.out / "encoder.onnx")
    for path in args.out.glob("encoder.*.onnx"):
        path.unlink()
    entry = describe(target, args.precision, digest)
    (args.out / "encoder.json").write_text(json.dumps(entry, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
