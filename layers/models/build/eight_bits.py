"""Store a network's weights and activations in 8 bits: half the size of half precision, and half the time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_static,
)

# What comes after the last convolution (pooling, normalising) costs nothing and stays in floating point.
_QUANTISED: Final = ("Conv", "Add", "Clip", "Relu")


class _Batches(CalibrationDataReader):
    def __init__(self, batches: Iterable[np.ndarray[Any, Any]]) -> None:
        self._left = iter(batches)

    def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
        """The next input, by the name that our exports give it."""
        following = next(self._left, None)
        return None if following is None else {"pixels": following}


def quantise(exact: Path, target: Path, batches: Iterable[np.ndarray[Any, Any]]) -> None:
    """Write `exact` (fp32) with 8-bit convolutions; `batches` are typical inputs, for the ranges.

    Weights use seven bits: without VNNI, pairs of products are added in 16 bits, and eight would overflow.
    https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
    """
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(exact, prepared, skip_symbolic_shape=True)
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
            calibrate_method=CalibrationMethod.MinMax,
        )
