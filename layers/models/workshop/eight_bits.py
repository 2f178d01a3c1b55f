"""Store a network's weights and activations in 8 bits: half the size of half precision, and half the time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

# The steps after the last weights (pooling, normalising) cost nothing and stay in floating point.
_QUANTISED: Final = ("Conv", "Gemm", "Add", "Clip", "Relu")

#: What a network is given at once: one array, or several by name.
Batch = np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]]


class _Batches(CalibrationDataReader):
    def __init__(self, batches: Iterable[Batch]) -> None:
        self._left = iter(batches)

    def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
        """Give the next inputs; a single one by the name that our exports give it."""
        following = next(self._left, None)
        return {"pixels": following} if isinstance(following, np.ndarray) else following


def quantise(exact: Path, target: Path, batches: Iterable[Batch], exact_from: str | None = None) -> None:
    """Write `exact` (fp32) with 8-bit convolutions; `batches` are typical inputs, for the ranges.

    The node `exact_from`, and those after it in the graph, stay as they are.

    Weights use seven bits. Without VNNI, a processor adds pairs of products in 16 bits, which eight-bit
    weights would overflow. https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(exact, prepared, skip_symbolic_shape=True)
        nodes = [node.name for node in onnx.load(prepared).graph.node]
        quantize_static(
            prepared,
            target,
            _Batches(batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=list(_QUANTISED),
            nodes_to_exclude=nodes[nodes.index(exact_from) :] if exact_from else [],
            calibrate_method=CalibrationMethod.MinMax,
        )
