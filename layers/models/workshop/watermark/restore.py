"""A detector to go on training from an exported file: what ships is enough, no checkpoint has to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from .net import Detector

Array = NDArray[np.float32]

# Nodes of a head that `graft` put there, and the modules of a detector that do what its modules do.
_LEARNT = "head//"
_TWINS = {"fine": "fine", "middle": "middle", "coarse": "coarse", "mix": "head.2", "cell": "head.5"}


def restore(detector: Detector, path: Path, typical: Tensor) -> None:
    """Gives the detector the weights of an exported file, in 8 bits or exact.

    Export has folded every batch norm into its convolution. Here each norm gets the statistics of `typical`
    (pixels NxCxHxW), and an affine part that undoes them. So evaluation gives the same, and training goes on
    as it did.

    Raises:
        SystemExit: the file holds another network.
    """
    file = Stored(path)
    biases: dict[nn.Module, Array] = {}
    layers = [each for each in detector.modules() if isinstance(each, nn.Conv2d | nn.BatchNorm2d)]
    try:
        for name, weight, bias in file.convolutions():
            conv = detector.get_submodule(name)
            _fill(conv.weight, weight)
            if conv.bias is not None:
                _fill(conv.bias, bias)
            elif bias is not None:
                biases[layers[layers.index(conv) + 1]] = bias  # of the norm that was folded
        for name, values in file.own(detector):
            _fill(detector.get_parameter(name), values)
        for name, arrays in file.norms():
            norm = detector.get_submodule(name)
            for target, values in zip(
                (norm.weight, norm.bias, norm.running_mean, norm.running_var), arrays, strict=True
            ):
                _fill(target, values)
    except (AttributeError, KeyError, RuntimeError) as error:
        raise SystemExit(f"{path} holds no weights for this backbone: {error}") from error
    _unfold(detector, biases, typical)


def _fill(target: Tensor, values: Array | None) -> None:
    with torch.no_grad():
        target.copy_(torch.from_numpy(np.array(values, np.float32)).reshape(target.shape))


@torch.no_grad()
def _unfold(detector: Detector, biases: dict[nn.Module, Array], typical: Tensor) -> None:
    def settle(norm: nn.Module, inputs: tuple[Tensor]) -> None:
        var, mean = torch.var_mean(inputs[0].float(), dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.copy_((var + norm.eps).sqrt())
        norm.bias.copy_(mean + torch.from_numpy(biases[norm].copy()))

    # A hook runs before its norm does, so each norm sees the output of the settled norms before it.
    hooks = [norm.register_forward_pre_hook(settle) for norm in biases]
    detector.eval()(typical)
    for hook in hooks:
        hook.remove()


class Stored:
    """An exported graph: its convolutions by the names their modules have, dequantised."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(path).graph
        self._nodes = list(graph.node)
        self._arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        self._widened = {each.output[0]: each for each in graph.node if each.op_type == "DequantizeLinear"}

    def convolutions(self) -> Iterator[tuple[str, Array, Array | None]]:
        """Module name, weight, and the bias if it has one; of a learnt head, what a detector has, too."""
        for node in self._nodes:
            if node.op_type == "Conv":
                name = _module(node.name)
                if node.name.startswith(_LEARNT):
                    name = _TWINS.get(node.name.removeprefix(_LEARNT).split("/")[0], "")
                if name:
                    yield name, *self._parameters(node)

    def learnt(self) -> Iterator[tuple[str, Array, Array | None]]:
        """Module name, weight and bias of a learnt head's layers; nothing if the file has another."""
        for node in self._nodes:
            if node.op_type in {"Conv", "Gemm"} and node.name.startswith(_LEARNT):
                yield node.name.removeprefix(_LEARNT).split("/")[0], *self._parameters(node)

    def _parameters(self, node: onnx.NodeProto) -> tuple[Array, Array | None]:
        bias = self._value(node.input[2]) if len(node.input) > 2 else None  # noqa: PLR2004 - the third
        return self._value(node.input[1]), bias

    def norms(self) -> Iterator[tuple[str, list[Array]]]:
        """Module name, and weight, bias, mean and variance, of the norms that no convolution could take."""
        for node in self._nodes:
            if node.op_type == "BatchNormalization":
                yield _module(node.name), [self._value(name) for name in node.input[1:5]]

    def own(self, detector: Detector) -> Iterator[tuple[str, Array]]:
        """The detector's parameters that belong to no module."""
        widened = {node.input[0].removesuffix("_quantized"): name for name, node in self._widened.items()}
        if any(True for _ in self.learnt()):
            return  # a learnt head pools in another way
        for name, _ in detector.named_parameters(recurse=False):
            yield name, self._value(widened.get(name, name))

    def pooled(self) -> tuple[Array, Array]:
        """What the pooled logit is multiplied by, and what is added."""
        return self._value("scale"), self._value("bias")

    def _value(self, name: str) -> Array:
        if name in self._arrays:
            return self._arrays[name].astype(np.float32)
        node = self._widened[name]
        values, scale, zero = (self._arrays[each] for each in node.input)
        axis = next((each.i for each in node.attribute if each.name == "axis"), 0)
        shape = [-1 if index == axis else 1 for index in range(values.ndim)] if scale.ndim else []
        widened = values.astype(np.float32) - zero.astype(np.float32).reshape(shape)
        return (widened * scale.reshape(shape)).astype(np.float32)


def _module(node: str) -> str:
    # "/head/head.2/Conv" is the node of the module "head.2": a numbered part repeats the one it is in.
    parts: list[str] = []
    for part in node.split("/")[1:-1]:
        if parts and part.startswith(f"{parts[-1]}."):
            parts.pop()
        parts.append(part)
    return ".".join(parts)
