"""Writes the frame of the published watermark classifier: its graph without its weights.

    PYTHONPATH=src:. .venv-train/bin/python -m layers.models.workshop.watermark.frame

With it, `bowerbird models pull` turns the published weights into a network and needs no torch. The
normalisation after each convolution is folded into it; the table beside the frame says which belong together.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .efficientnetv2_b0 import EfficientNetV2B0, Fused, Inverted, Plain
from .export import to_onnx

FRAMES: Final = Path(__file__).resolve().parents[4] / "src/bowerbird/training/frames"
NAME: Final = "efficientnetv2_b0"

# Which normalisation follows which convolution, in each kind of block and at the two ends.
_NORMS: Final = {
    Plain: {"conv": "bn1"},
    Fused: {"conv_exp": "bn1", "conv_pwl": "bn2"},
    Inverted: {"conv_pw": "bn1", "conv_dw": "bn2", "conv_pwl": "bn3"},
    EfficientNetV2B0: {"conv_stem": "bn1", "conv_head": "bn2"},
}


def fold(model: EfficientNetV2B0) -> list[dict[str, Any]]:
    """Fold each normalisation into its convolution, in place; give the table of all tensors that are left."""
    table: list[dict[str, Any]] = []
    for name, module in list(model.named_modules()):
        for conv, norm in _NORMS.get(type(module), {}).items():
            before = f"{name}." if name else ""
            folded = fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm))
            table.append({"conv": before + conv, "norm": before + norm, "epsilon": getattr(module, norm).eps})
            setattr(module, conv, folded)
            setattr(module, norm, nn.Identity())
    return table


def write(folder: Path) -> None:
    """Write the frame and its table."""
    model = EfficientNetV2B0().eval()
    for each in model.parameters():
        nn.init.normal_(each)  # the export merges tensors that are equal, such as biases of nought
    folded = fold(model)
    shapes = {name: list(value.shape) for name, value in model.state_dict().items()}
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        to_onnx(model, whole, ["logit"])
        graph = onnx.load(whole)
    named = {each.name for each in graph.graph.initializer}
    if not shapes.keys() <= named:
        raise SystemExit(f"the export renamed {sorted(shapes.keys() - named)}")
    left = [each for each in graph.graph.initializer if each.name not in shapes]
    del graph.graph.initializer[:]
    graph.graph.initializer.extend(left)
    folder.mkdir(exist_ok=True)
    (folder / f"{NAME}.onnx").write_bytes(graph.SerializeToString())
    described = {"tensors": shapes, "folded": folded}
    (folder / f"{NAME}.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    print(f"{folder / NAME}.onnx: {(folder / NAME).with_suffix('.onnx').stat().st_size} bytes")


def main() -> None:
    """Write the frame into the package."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=FRAMES)
    torch.manual_seed(0)
    with torch.no_grad():
        write(parser.parse_args().out)


if __name__ == "__main__":
    main()
