"""Stores a network's weights in half precision. The arithmetic stays in single precision.

onnxruntime folds the casts when it loads the graph, so this halves the file and costs nothing per picture.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Biases and scalars are not worth a node.
SMALLEST = 1024


def halve_weights(source: Path, target: Path) -> None:
    """Write `source` with its large float32 initializers as float16."""
    model = onnx.load(str(source))
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < SMALLEST:
            continue
        name = weight.name
        stored = numpy_helper.from_array(values.astype(np.float16), f"{name}.half")
        weight.CopyFrom(stored)
        casts.append(
            helper.make_node("Cast", [stored.name], [name], name=f"{name}.cast", to=TensorProto.FLOAT)
        )
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))
