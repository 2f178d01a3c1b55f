"""`bowerbird models pull` from a table of its own, as the proof on random weights uses it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from bowerbird.cli.main import main
from bowerbird.core.errors import UsageError
from bowerbird.models import canonical
from bowerbird.models.bundle import load
from bowerbird.models.densities import Linear
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import published, write
from tests.loopback import Answer, loopback

DIM = 3


def network() -> bytes:
    """Pixels to the mean of each channel: an encoder of three numbers."""
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 224, 224])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", DIM])
    mean = helper.make_node("ReduceMean", ["pixels"], ["features"], axes=[2, 3], keepdims=0)
    graph = helper.make_graph([mean], "means", [pixels], [features])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(onnx.load_from_string(model.SerializeToString()).SerializeToString())


@pytest.fixture
def publisher() -> Iterator[tuple[str, list[bytes]]]:
    """An address and the bodies that it answers with, one after the other; the last one stays."""
    bodies: list[bytes] = []

    def answer(_host: str, _path: str) -> Answer:
        return 200, "application/octet-stream", bodies.pop(0) if len(bodies) > 1 else bodies[0]

    with loopback(answer) as running:
        yield f"{running.url}/encoder.onnx", bodies


def table(folder: Path, url: str, data: bytes) -> Path:
    rows: dict[str, Any] = json.loads(published.OWN.read_text())
    rows["clip"]["int8"] |= {"url": url, "sha256": hashlib.sha256(data).hexdigest(), "dim": DIM}
    path = folder / "published.json"
    path.write_text(json.dumps(rows))
    return path


def pull(table_file: Path, out: Path) -> int:
    return main(["models", "pull", "clip", "--to", str(out), "--published", str(table_file)])


def test_what_is_pulled_makes_a_bundle(publisher: tuple[str, list[bytes]], tmp_path: Path) -> None:
    url, bodies = publisher
    bodies.append(network())
    out = tmp_path / "clip"

    assert pull(table(tmp_path, url, network()), out) == 0
    (tmp_path / "mine").mkdir()
    write.write(
        tmp_path / "mine",
        write.networks(str(out / "encoder.json")),
        Novelty((Part(Linear(np.ones(DIM, np.float32), np.float32(0)), (0, DIM)),), 0.0),
        version="1.0.0",
        chosen="for the test",
        created_from="nothing",
        licence="Apache-2.0",
    )

    made = load(tmp_path / "mine", verify=True)
    assert made.encoder.preprocess.min_side == 512
    assert np.linalg.norm(made.encoder.embed([canonical.draw("dusk")])) == pytest.approx(1.0, abs=1e-6)


def test_wrong_bytes_are_refused_and_the_next_try_starts_anew(
    publisher: tuple[str, list[bytes]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, bodies = publisher
    bodies += [network()[::-1], network()]
    table_file = table(tmp_path, url, network())

    assert pull(table_file, tmp_path / "clip") == 1
    assert "expected" in capsys.readouterr().err
    assert list((tmp_path / "clip").iterdir()) == []
    assert pull(table_file, tmp_path / "clip") == 0


def test_the_publishers_own_table_can_be_read() -> None:
    own = published.read()

    assert set(own.clip) == {"int8", "fp16", "fp32"}
    assert own.preprocess["squash"].build().size == own.preprocess["clip"].build().size == 224


@pytest.mark.parametrize("text", ["", "{}", '{"clip": 1}'])
def test_a_table_that_is_none_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)

    with pytest.raises(UsageError, match=r"t\.json is not a table"):
        published.read(tmp_path / "t.json")
