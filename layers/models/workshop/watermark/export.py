"""Exports a trained detector to ONNX and proves it gives what torch gives."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn

from layers.models.workshop.half_weights import halve_weights

from .net import Detector
from .render import SIDE

_OPSET: Final = 17

#: Largest difference allowed between torch and ONNX.
PARITY: Final = 1e-4


def to_onnx(model: nn.Module, path: Path, outputs: list[str]) -> None:
    """Writes the model (pixels NxCxSIDExSIDE in, `outputs` out) with any number of pictures at a time."""
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, SIDE, SIDE),),
        str(path),
        input_names=["pixels"],
        output_names=outputs,
        dynamic_axes={name: {0: "n"} for name in ("pixels", *outputs)},
        opset_version=_OPSET,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def largest_difference(model: nn.Module, path: Path, pictures: int = 2) -> float:
    """Between torch and the file, over all outputs, on noise of several strengths."""
    noise = torch.randn(pictures, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    pixels = (noise * torch.linspace(0.1, 0.5, pictures)[:, None, None, None]).clamp(-1, 1)
    with torch.no_grad():
        wanted = model(pixels)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = session.run(None, {session.get_inputs()[0].name: pixels.numpy()})
    return max(float(np.abs(a.numpy() - b).max()) for a, b in zip(wanted, given, strict=True))


def check(model: nn.Module, path: Path) -> float:
    """The largest difference; raises SystemExit when it is too large."""
    difference = largest_difference(model, path)
    if difference > PARITY:
        raise SystemExit(f"{path} differs from torch by {difference:.2g}, more than {PARITY}: not exported")
    return difference


def load(checkpoints: list[Path]) -> Detector:
    """The averaged detector of a checkpoint. Several checkpoints, which must be of one run, give their mean.

    Such a mean can be better than each of them: https://arxiv.org/abs/2203.05482
    """
    states = [torch.load(each, weights_only=True, map_location="cpu") for each in checkpoints]
    if len({state["backbone"] for state in states}) > 1:
        raise SystemExit("checkpoints of different backbones have no mean: name those of one run")
    averages = [state["average"] for state in states]
    mean = {
        name: sum(each[name] for each in averages) / len(averages) if value.is_floating_point() else value
        for name, value in averages[-1].items()
    }
    detector = Detector(states[0]["backbone"])
    detector.load_state_dict(mean)
    return detector.eval()


def main() -> None:
    """Exports a checkpoint's averaged detector, or the mean of several of one run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="checkpoint")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="store the weights in half precision")
    args = parser.parse_args()
    model = load(args.checkpoints)
    to_onnx(model, args.out, ["logit", "heat"])
    print(f"fp32: {args.out.stat().st_size} bytes, largest difference {check(model, args.out):.2g}")
    if args.half:
        halve_weights(args.out, args.out)
        size, difference = args.out.stat().st_size, largest_difference(model, args.out)
        print(f"fp16 weights: {size} bytes, largest difference {difference:.2g}")


if __name__ == "__main__":
    main()
