"""What networks take beside each other."""

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from bowerbird.models.session import Session

NUMBERS = 4_000_000


def network(path: Path) -> Session:
    """Sums the exponentials, which are as large as what it is shown."""
    shown = helper.make_tensor_value_info("shown", TensorProto.FLOAT, ["n"])
    total = helper.make_tensor_value_info("total", TensorProto.FLOAT, [1])
    nodes = [
        helper.make_node("Exp", ["shown"], ["powers"]),
        helper.make_node("ReduceSum", ["powers"], ["total"]),
    ]
    graph = helper.make_graph(nodes, "sum", [shown], [total])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return Session(path)


def held() -> int:
    """Bytes of memory that this process has, as Linux tells it."""
    words = Path("/proc/self/status").read_text(encoding="ascii").split()
    return int(words[words.index("VmRSS:") + 1]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what a process holds")
def test_networks_share_what_a_run_takes(tmp_path: Path) -> None:
    networks = [network(tmp_path / f"{number}.onnx") for number in range(4)]
    for each in networks:  # loads it
        each.run(np.zeros(1, np.float32))
    shown = np.zeros(NUMBERS, np.float32)
    shown += 0  # touches every page
    before = held()
    for each in networks:
        assert each.run(shown) == pytest.approx(NUMBERS)
    assert held() - before < 2 * shown.nbytes
