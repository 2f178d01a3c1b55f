"""Networks of the right shape with random weights. Their results mean nothing; their cost is real.

ViT-B/16 as CLIP's image tower has it (https://arxiv.org/abs/2103.00020) and EfficientNetV2-B0
(https://arxiv.org/abs/2104.00298, the small variant of the authors' code), as ONNX graphs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

_OPSET = 17  # the first with LayerNormalization

# kernel, stride, expansion, channels, repeats, squeeze-and-excitation; the first three stages are fused.
_B0 = (
    (3, 1, 1, 16, 1, False),
    (3, 2, 4, 32, 2, False),
    (3, 2, 4, 48, 2, False),
    (3, 2, 4, 96, 3, True),
    (3, 1, 6, 112, 5, True),
    (3, 2, 6, 192, 8, True),
)


class Graph:
    """Adds nodes one after the other; every method gives the name of what it computed."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Any operator with one output."""
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def array(self, array: NDArray[Any]) -> str:
        """A constant."""
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def random(self, *shape: int, scale: float = 0.02) -> str:
        """A weight."""
        return self.array(self._random.standard_normal(shape, np.float32) * np.float32(scale))

    def linear(self, x: str, inside: int, outside: int) -> str:
        """A matrix and a bias."""
        product = self.node("MatMul", x, self.random(inside, outside))
        return self.node("Add", product, self.array(np.zeros(outside, np.float32)))

    def norm(self, x: str, width: int) -> str:
        """Layer normalisation."""
        one, zero = np.ones(width, np.float32), np.zeros(width, np.float32)
        return self.node("LayerNormalization", x, self.array(one), self.array(zero), axis=-1, epsilon=1e-5)

    def shaped(self, x: str, *shape: int) -> str:
        """A reshape."""
        return self.node("Reshape", x, self.array(np.asarray(shape, np.int64)))

    def convolution(  # noqa: PLR0913, PLR0917 - a convolution has so many numbers
        self, x: str, inside: int, outside: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> str:
        """A convolution with its folded batch normalisation; keeps variance, so that depth does no harm."""
        scale = (2.0 / (inside // groups * kernel * kernel)) ** 0.5
        weight = self.random(outside, inside // groups, kernel, kernel, scale=scale)
        bias = self.array(np.zeros(outside, np.float32))
        pads = [kernel // 2] * 4 if stride == 1 else [0, 0, kernel // 2, kernel // 2]
        return self.node(
            "Conv", x, weight, bias,
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=pads, group=groups,
        )  # fmt: skip

    def swish(self, x: str) -> str:
        """`x * sigmoid(x)`."""
        return self.node("Mul", x, self.node("Sigmoid", x))

    def save(self, path: Path, output: str, size: int, features: int) -> Path:
        """Write the model: `picture` (N, 3, size, size) → `out` (N, features)."""
        self.nodes.append(helper.make_node("Identity", [output], ["out"]))
        graph = helper.make_graph(
            self.nodes,
            path.stem,
            [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, size, size])],
            [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", features])],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
        onnx.save(model, path)
        return path


def vit_b16(path: Path) -> Path:
    """CLIP's ViT-B/16 image tower: 224 pixels → 512 numbers; 86 million weights."""
    width, heads, patches = 768, 12, 14 * 14
    g = Graph(seed=16)
    weight = g.random(width, 3, 16, 16)
    x = g.node("Conv", "picture", weight, kernel_shape=[16, 16], strides=[16, 16])
    x = g.node("Transpose", g.shaped(x, 0, width, patches), perm=[0, 2, 1])
    first = g.node("Mul", g.node("ReduceMean", x, axes=[1], keepdims=1), g.random(1, 1, width))
    x = g.node("Add", g.node("Concat", first, x, axis=1), g.random(1, patches + 1, width))
    x = g.norm(x, width)
    for _ in range(12):
        x = g.node("Add", x, _attention(g, g.norm(x, width), width, heads))
        inner = g.linear(g.norm(x, width), width, 4 * width)
        scaled = g.node("Mul", inner, g.array(np.array(1.702, np.float32)))
        inner = g.node("Mul", inner, g.node("Sigmoid", scaled))
        x = g.node("Add", x, g.linear(inner, 4 * width, width))
    token = g.node("Gather", x, g.array(np.array(0, np.int64)), axis=1)
    features = g.node("MatMul", g.norm(token, width), g.random(width, 512))
    return g.save(path, features, 224, 512)


def _attention(g: Graph, x: str, width: int, heads: int) -> str:
    size = width // heads
    query, key, value = (
        g.node("Transpose", g.shaped(g.linear(x, width, width), 0, -1, heads, size), perm=[0, 2, 1, 3])
        for _ in range(3)
    )
    scaled = g.node("Mul", query, g.array(np.array(size**-0.5, np.float32)))
    weights = g.node(
        "Softmax", g.node("MatMul", scaled, g.node("Transpose", key, perm=[0, 1, 3, 2])), axis=-1
    )
    mixed = g.node("Transpose", g.node("MatMul", weights, value), perm=[0, 2, 1, 3])
    return g.linear(g.shaped(mixed, 0, -1, width), width, width)


def efficientnetv2_b0(path: Path) -> Path:
    """EfficientNetV2-B0 with one logit, at 512 pixels; 6 million weights."""
    g = Graph(seed=2)
    x, inside = g.swish(g.convolution("picture", 3, 32, 3, 2)), 32
    for stage, (kernel, stride, expansion, outside, repeats, squeezed) in enumerate(_B0):
        for index in range(repeats):
            step = stride if index == 0 else 1
            middle = inside * expansion
            if stage == 0:
                y = g.swish(g.convolution(x, inside, outside, kernel, step))
            elif not squeezed:
                y = g.swish(g.convolution(x, inside, middle, kernel, step))
                y = g.convolution(y, middle, outside, 1)
            else:
                y = g.swish(g.convolution(x, inside, middle, 1))
                y = g.swish(g.convolution(y, middle, middle, kernel, step, groups=middle))
                y = _squeezed(g, y, middle, max(1, inside // 4))
                y = g.convolution(y, middle, outside, 1)
            x = g.node("Add", x, y) if step == 1 and inside == outside else y
            inside = outside
    x = g.swish(g.convolution(x, inside, 1280, 1))
    pooled = g.node("ReduceMean", x, axes=[2, 3], keepdims=0)
    return g.save(path, g.linear(pooled, 1280, 1), 512, 1)


def _squeezed(g: Graph, x: str, width: int, narrow: int) -> str:
    """Squeeze-and-excitation."""
    gate = g.node("ReduceMean", x, axes=[2, 3], keepdims=1)
    gate = g.convolution(g.swish(g.convolution(gate, width, narrow, 1)), narrow, width, 1)
    return g.node("Mul", x, g.node("Sigmoid", gate))


def mixture() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sixteen full covariances in 512 dimensions: weights, means, Cholesky factors of the precisions."""
    chance = np.random.default_rng(16)
    means = chance.standard_normal((16, 512)) / 512**0.5
    precisions = np.triu(chance.standard_normal((16, 512, 512)) * 0.01) + 20 * np.eye(512)
    return np.full(16, 1 / 16), means, precisions


def int8(path: Path, out: Path) -> Path:
    """The same network with 8-bit matrices, scales per channel; convolutions stay as they are."""
    # Here only: every measured process imports this module, and this import alone takes some 100 MB.
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    quantize_dynamic(
        path, out, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
    )
    return out
