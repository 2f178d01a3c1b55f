"""Puts a learnt head, in 8 bits, on the backbone that it was learnt on, which stays bit for bit."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, compose, helper

from layers.models.workshop.eight_bits import quantise

from .features import MAPS, SHAPES, Kept, cut, scales
from .head import Bytes, Head, begin

_NAMES: Final = ("fine", "middle", "coarse")

# From here on a logit is made of few numbers: in 8 bits that saves nothing, and makes it coarse.
_EXACT: Final = "/context/Conv"

#: Views whose maps give the ranges of the head's activations.
VIEWS: Final = 96


def export(head: Head, path: Path) -> None:
    """Writes the head alone, in floating point; its inputs are the numbers of the three maps."""
    torch.onnx.export(
        head.eval(),
        tuple(torch.zeros(1, *shape) for shape in SHAPES),
        str(path),
        input_names=list(_NAMES),
        output_names=["logit", "heat"],
        dynamic_axes={name: {0: "n"} for name in (*_NAMES, "logit", "heat")},
        opset_version=17,
        dynamo=False,
    )


def graft(backbone: Path, head: Path, target: Path) -> None:
    """Joins the cut backbone of one file and the head of another; between them, bytes become numbers."""
    below = cut(backbone)
    for name, each, scale in zip(_NAMES, MAPS, scales(backbone), strict=True):
        constants = (
            helper.make_tensor(f"{name}_step", TensorProto.FLOAT, [], [scale.step]),
            helper.make_tensor(f"{name}_zero", TensorProto.UINT8, [], [scale.zero]),
        )
        below.graph.initializer.extend(constants)
        below.graph.node.append(
            helper.make_node(
                "DequantizeLinear", [each, f"{name}_step", f"{name}_zero"], [f"{name}_map"], f"widen_{name}"
            )
        )
    del below.graph.output[:]
    below.graph.output.extend(
        helper.make_tensor_value_info(f"{name}_map", TensorProto.FLOAT, None) for name in _NAMES
    )
    above = onnx.load(head)
    above.ir_version = below.ir_version
    whole = compose.merge_models(
        below, above, [(f"{name}_map", name) for name in _NAMES], prefix1="", prefix2="head/"
    )
    for output, name in zip(whole.graph.output, ("logit", "heat"), strict=True):
        _rename(whole, output.name, name)
    onnx.checker.check_model(whole)
    onnx.save(whole, target)


def _rename(model: onnx.ModelProto, old: str, new: str) -> None:
    for node in model.graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new
    for output in model.graph.output:
        if output.name == old:
            output.name = new


def softened(checkpoint: Path, model: Path, share: float) -> dict[str, torch.Tensor]:
    """The learnt head, and `share` of what it was when it began.

    Between the two, a network keeps more of what it knew of other pictures: https://arxiv.org/abs/2109.01903
    """
    state = torch.load(checkpoint, weights_only=True)
    torch.manual_seed(state["seed"])
    first = Head()
    begin(first, model)
    return {name: value.lerp(first.state_dict()[name], share) for name, value in state["average"].items()}


def batches(kept: Kept, widen: Bytes, count: int = VIEWS) -> list[dict[str, np.ndarray[Any, Any]]]:
    """Maps of some views as numbers, one view each."""
    chosen = np.sort(np.random.default_rng(0).choice(len(kept.lines), count, replace=False))
    maps = widen(*(torch.from_numpy(each) for each in kept.maps(chosen)))
    return [
        {name: part[i : i + 1].numpy() for name, part in zip(_NAMES, maps, strict=True)} for i in range(count)
    ]


def main() -> None:
    """Exports a learnt head onto its backbone, in 8 bits, and says how far the logits of kept views move."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument(
        "--model", type=Path, required=True, help="the 8-bit detector whose backbone was used"
    )
    parser.add_argument("--kept-share", type=float, default=0.25, help="see softened()")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    head, widen, kept = Head().eval(), Bytes(args.model), Kept(args.kept)
    head.load_state_dict(softened(args.checkpoint, args.model, args.kept_share))
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
        export(head, exact)
        quantise(exact, small, batches(kept, widen), exact_from=_EXACT)
        graft(args.model, small, args.out)
        session = ort.InferenceSession(str(small), providers=["CPUExecutionProvider"])
        seen = batches(kept, widen, 256)
        after = np.array([session.run(None, each)[0].item() for each in seen])
        with torch.no_grad():
            before = np.array(
                [head(*(torch.from_numpy(each[name]) for name in _NAMES))[0].item() for each in seen]
            )
    print(
        f"{args.out.stat().st_size} bytes; the logits of {len(seen)} views move by "
        f"{np.abs(before - after).mean():.3f}, correlation {np.corrcoef(before, after)[0, 1]:.5f}"
    )


if __name__ == "__main__":
    main()
