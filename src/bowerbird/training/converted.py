"""Turns published PyTorch weights into the files of a bundle. It needs neither PyTorch nor the onnx package.

`frames/` holds the graph of the published watermark classifier without its weights (EfficientNetV2-B0;
layers/models/workshop/watermark/frame.py makes it). ONNX files are protocol buffers, and two of these written
one after the other are read as one, merged. So the weights are written behind the graph.
https://protobuf.dev/programming-guides/encoding/#last-one-wins
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError
from bowerbird.core.json_text import parsed
from bowerbird.core.whole import write_whole
from bowerbird.models.manifest import Artifact, PreprocessEntry, ResizeEntry, Threshold, WatermarkEntry
from bowerbird.training import torch_files
from bowerbird.training.published import Published

_FRAME: Final = Path(__file__).with_name("frames") / "efficientnetv2_b0.onnx"
_SIDE: Final = 512
# The fields of an ONNX file that are written here: onnx/onnx.proto.
_GRAPH, _INITIALIZER, _DIMS, _DATA_TYPE, _NAME, _RAW = 7, 5, 1, 2, 8, 9
_FLOAT: Final = 1


def watermark(weights: Path, folder: Path, origin: Published) -> None:
    """Write `watermark.onnx` and `watermark.json` into a folder.

    Raises:
        BundleError: the file does not hold the weights of this network.
    """
    target = folder / "watermark.onnx"
    network = _FRAME.read_bytes() + b"".join(_initializers(weights))
    write_whole(target, network)
    entry = WatermarkEntry(
        artifact=_artifact(target, origin),
        preprocess=PreprocessEntry(
            resizes=(ResizeEntry(size=_SIDE, fit="squash", resample="lanczos"),),
            mean=(0.5, 0.5, 0.5),
            std=(0.5, 0.5, 0.5),
        ),
        # The original rounds the probability, which puts its threshold at one half.
        threshold=Threshold(value=0.5, chosen="as the original filter server, which rounds"),
    )
    write_whole(folder / "watermark.json", (entry.model_dump_json(indent=2) + "\n").encode())


def aesthetic(weights: Path, folder: Path, origin: Published) -> None:
    """Write `aesthetic.npz` and `aesthetic.json`: one linear layer as plain arrays.

    Raises:
        BundleError: the file holds something else.
    """
    found = torch_files.read(weights)
    layer = found.get("weight"), found.get("bias")
    if layer[0] is None or layer[1] is None or layer[0].shape[:1] != (1,) or layer[1].shape != (1,):
        raise BundleError(f"{weights} does not hold one linear layer with one output")
    packed = io.BytesIO()
    np.savez(packed, coefficients=layer[0][0].astype(np.float32), intercept=layer[1][0].astype(np.float32))
    target = folder / "aesthetic.npz"
    write_whole(target, packed.getvalue())
    described = _artifact(target, origin).model_dump_json(indent=2)
    write_whole(folder / "aesthetic.json", (described + "\n").encode())


def _initializers(weights: Path) -> Iterator[bytes]:
    table: Mapping[str, Any] = parsed(_FRAME.with_suffix(".json").read_text(encoding="utf-8"))
    tensors = _folded(torch_files.read(weights), table["folded"], weights)
    for name, shape in table["tensors"].items():
        found = tensors.get(name)
        if found is None or list(found.shape) != shape:
            what = "is missing" if found is None else f"has the shape {list(found.shape)}, not {shape}"
            raise BundleError(f"{weights} is not the published watermark classifier: {name} {what}")
        yield _field(_GRAPH, _field(_INITIALIZER, _tensor(name, found)))


def _folded(tensors: torch_files.Tensors, pairs: list[Mapping[str, Any]], path: Path) -> torch_files.Tensors:
    """Fold each normalisation into the convolution before it: the same sums, in fewer steps."""
    folded = dict(tensors)
    for pair in pairs:
        conv, norm = pair["conv"], pair["norm"]
        try:
            weight = tensors[f"{conv}.weight"].astype(np.float64)
            gamma, beta, mean, variance = (
                tensors[f"{norm}.{name}"].astype(np.float64)
                for name in ("weight", "bias", "running_mean", "running_var")
            )
            scale = gamma / np.sqrt(variance + pair["epsilon"])
            folded[f"{conv}.weight"] = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
            folded[f"{conv}.bias"] = beta - mean * scale
        except (KeyError, ValueError) as error:
            raise BundleError(f"{path} is not the published watermark classifier: {error}") from error
    return folded


def _tensor(name: str, values: NDArray[Any]) -> bytes:
    dims = b"".join(_key(_DIMS, 0) + _varint(length) for length in values.shape)
    numbers = np.ascontiguousarray(values, "<f4").tobytes()
    kind = _key(_DATA_TYPE, 0) + _varint(_FLOAT)
    return dims + kind + _field(_NAME, name.encode()) + _field(_RAW, numbers)


def _field(number: int, data: bytes) -> bytes:
    return _key(number, 2) + _varint(len(data)) + data


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _artifact(path: Path, origin: Published) -> Artifact:
    data = path.read_bytes()
    return Artifact(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        licence=origin.licence,
        source=f"{origin.url}, sha256 {origin.sha256}",
        precision="fp32",
    )
