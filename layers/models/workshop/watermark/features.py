"""What a detector's backbone sees in views, computed once and kept as the bytes that its 8-bit file holds."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.utils import Extractor

from .entry import pixels
from .scene import Picture
from .views import Views

#: Where the graph of a lite detector holds the bytes that its head reads: maps 8, 16 and 32 times smaller.
MAPS: Final = (
    "/backbone/blocks.4/Add_output_0_QuantizeLinear_Output",
    "/backbone/blocks.10/Add_output_0_QuantizeLinear_Output",
    "/backbone/blocks.15/_project_conv/Conv_output_0_QuantizeLinear_Output",
)

#: Shapes of the three maps, and bytes of one record.
SHAPES: Final = ((40, 64, 64), (112, 32, 32), (320, 16, 16))
RECORD: Final = sum(int(np.prod(shape)) for shape in SHAPES)

_CELLS: Final = 32 * 32


@dataclass(frozen=True, slots=True)
class Scale:
    """How bytes of one map become numbers: (byte - zero) * step."""

    step: float
    zero: int


def cut(model: Path) -> onnx.ModelProto:
    """The part of an 8-bit detector from the pixels to the bytes of its maps."""
    whole = onnx.load(model)
    del whole.graph.value_info[:]
    return Extractor(onnx.shape_inference.infer_shapes(whole)).extract_model(["pixels"], list(MAPS))


def scales(model: Path) -> list[Scale]:
    """Of the three maps."""
    graph = onnx.load(model).graph
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}
    return [Scale(float(values[makers[name].input[1]]), int(values[makers[name].input[2]])) for name in MAPS]


class Backbone:
    """The cut part of a detector, on one thread."""

    def __init__(self, model: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(
            cut(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def look(self, picture: Picture) -> NDArray[np.uint8]:
        """The three maps of a picture (RGB uint8 SIDExSIDE) in one record."""
        return np.concatenate([each.ravel() for each in self._session.run(None, {"pixels": pixels(picture)})])


class Kept:
    """Records of views in a folder: bytes of maps, labels of cells, and a line about each."""

    def __init__(self, place: Path) -> None:
        self.lines: list[dict[str, Any]] = [json.loads(line) for line in (place / "index.jsonl").open()]
        count = len(self.lines)
        self._maps = np.memmap(place / "maps.u8", np.uint8, "r", shape=(count, RECORD))
        self.cells = np.memmap(place / "cells.i8", np.int8, "r", shape=(count, 32, 32))

    def maps(self, indices: NDArray[np.intp]) -> list[NDArray[np.uint8]]:
        """The three maps of some records, NxCxHxW bytes each."""
        records = self._maps[indices]
        edges = np.cumsum([0, *(int(np.prod(shape)) for shape in SHAPES)])
        return [
            records[:, a:b].reshape(-1, *shape) for a, b, shape in zip(edges, edges[1:], SHAPES, strict=False)
        ]


def keep(views: Views, backbone: Backbone, place: Path) -> None:
    """Looks at every view that `place` lacks. Can be stopped, and run again to go on."""
    place.mkdir(parents=True, exist_ok=True)
    index = place / "index.jsonl"
    done = len(index.read_text().splitlines()) if index.exists() else 0
    with (
        (place / "maps.u8").open("ab") as maps,
        (place / "cells.i8").open("ab") as cells,
        index.open("a") as lines,
    ):
        maps.truncate(done * RECORD)  # a record that was cut off
        cells.truncate(done * _CELLS)
        for number in range(done, len(views)):
            view = views[number]
            maps.write(backbone.look(view.picture).tobytes())
            cells.write(view.cells.tobytes())
            maps.flush()
            cells.flush()
            facts = {name: getattr(view.source, name) for name in ("path", "owner", "fold")}
            facts |= {name: getattr(view, name) for name in ("kind", "marked", "as_is")}
            lines.write(json.dumps(facts) + "\n")
            lines.flush()
            if number % 500 == 0:
                print(f"{number} of {len(views)}", flush=True)


def main() -> None:
    """Keeps what an 8-bit detector's backbone sees in views of pictures, to learn a head from."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("sources", type=Path, help="JSON: a list of pictures, see views.Source")
    parser.add_argument("--model", type=Path, required=True, help="the 8-bit detector")
    parser.add_argument("--laid", type=int, default=3000, help="how many views to lay marks on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    views = Views(args.sources, laid=args.laid, seed=args.seed, extra_fonts=args.fonts)
    keep(views, Backbone(args.model), args.out)


if __name__ == "__main__":
    main()
