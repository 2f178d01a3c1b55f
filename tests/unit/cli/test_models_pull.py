"""`bowerbird models pull` from a table of its own, as the proof on random weights uses it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from bowerbird.cli.main import main
from bowerbird.core.errors import NoSuchBundleError, UsageError
from bowerbird.models import canonical
from bowerbird.models.bundle import load
from bowerbird.models.densities import Linear
from bowerbird.models.novelty import Novelty, Part
from bowerbird.training import published, write
from tests.loopback import Answer, loopback
from tests.unit.training import torch_zip
from tests.unit.training.test_converted import weights

DIM = 3


def network() -> bytes:
    """Pixels to the mean of each channel: an encoder of three numbers."""
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 224, 224])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", DIM])
    mean = helper.make_node("ReduceMean", ["pixels"], ["features"], axes=[2, 3], keepdims=0)
    graph = helper.make_graph([mean], "means", [pixels], [features])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(onnx.load_from_string(model.SerializeToString()).SerializeToString())


@dataclass
class Publisher:
    """An address, and what it sends: `bodies` for the encoder one after the other, the last one stays."""

    url: str
    bodies: list[bytes]
    heads: dict[str, bytes]


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    bodies: list[bytes] = []
    torch_zip.write(tmp_path / "w.pt", weights(), dict)
    layer = {"weight": np.ones((1, DIM), np.float32), "bias": np.zeros(1, np.float32)}
    torch_zip.write(tmp_path / "a.pth", layer, dict)
    heads = {"/watermark": (tmp_path / "w.pt").read_bytes(), "/aesthetic": (tmp_path / "a.pth").read_bytes()}

    def answer(_host: str, path: str) -> Answer:
        body = heads.get(path) or (bodies.pop(0) if len(bodies) > 1 else bodies[0])
        return 200, "application/octet-stream", body

    with loopback(answer) as running:
        yield Publisher(running.url, bodies, heads)


def table(folder: Path, publisher: Publisher, data: bytes) -> Path:
    rows: dict[str, Any] = json.loads(published.OWN.read_text())
    rows["clip"]["int8"] |= _row(f"{publisher.url}/encoder.onnx", data) | {"dim": DIM}
    for path, body in publisher.heads.items():
        rows[path.removeprefix("/")] |= _row(publisher.url + path, body)
    path = folder / "published.json"
    path.write_text(json.dumps(rows))
    return path


def _row(url: str, data: bytes) -> dict[str, object]:
    return {"url": url, "sha256": hashlib.sha256(data).hexdigest(), "most_bytes": len(data)}


def pull(table_file: Path, out: Path) -> int:
    return main(["models", "pull", "clip", "--to", str(out), "--published", str(table_file)])


def test_what_is_pulled_makes_a_bundle(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.bodies.append(network())
    out = tmp_path / "clip"

    assert pull(table(tmp_path, publisher, network()), out) == 0
    told = capsys.readouterr()
    assert "in all 111 MB" in told.err
    assert "licence CC-BY-SA-4.0" in told.err
    assert told.out == f"learn with it: bowerbird train --encoder {out} --good DIR --out BUNDLE\n"
    (tmp_path / "mine").mkdir()
    write.write(
        tmp_path / "mine",
        write.networks(str(out)),
        Novelty((Part(Linear(np.ones(DIM, np.float32), np.float32(0)), (0, DIM)),), 0.0),
        version="1.0.0",
        chosen="for the test",
        created_from="nothing",
        licence="Apache-2.0",
    )

    made = load(tmp_path / "mine", verify=True)
    assert made.watermark is not None
    assert made.watermark.threshold == 0.5
    assert made.aesthetic is not None
    assert made.encoder.preprocess.min_side == 512
    assert np.linalg.norm(made.encoder.embed([canonical.draw("dusk")])) == pytest.approx(1.0, abs=1e-6)


def test_wrong_bytes_are_refused_and_the_next_try_starts_anew(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.bodies += [network()[::-1], network()]
    table_file = table(tmp_path, publisher, network())

    assert pull(table_file, tmp_path / "clip") == 1
    assert "expected" in capsys.readouterr().err
    assert list((tmp_path / "clip").iterdir()) == []
    assert pull(table_file, tmp_path / "clip") == 0


def test_what_is_here_is_not_fetched_again(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.bodies.append(network())
    table_file = table(tmp_path, publisher, network())
    pull(table_file, tmp_path / "clip")
    (tmp_path / "clip/watermark.json").unlink()  # as if it had been stopped there
    publisher.bodies[:] = [b"moved"]
    capsys.readouterr()

    assert pull(table_file, tmp_path / "clip") == 0

    assert "all files are in" in capsys.readouterr().err
    assert (tmp_path / "clip/watermark.json").is_file()


def test_a_precision_that_needs_pytorch_says_so_before_anything_is_fetched(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: dict[str, Any] = json.loads(published.OWN.read_text())
    rows["clip"]["fp32"]["url"] = publisher.url.replace("http:", "https:") + "/none"
    (tmp_path / "t.json").write_text(json.dumps(rows))
    told = ["--precision", "fp32", "--to", str(tmp_path / "clip"), "--published", str(tmp_path / "t.json")]

    assert main(["models", "pull", "clip", *told]) == 1

    said = capsys.readouterr().err
    assert said.index("needs PyTorch") < said.index("does not prove who it is")


def test_an_encoder_that_was_not_pulled_names_the_command() -> None:
    with pytest.raises(NoSuchBundleError, match="bowerbird models pull clip"):
        write.networks("clip-none")


def test_the_publishers_own_table_can_be_read() -> None:
    own = published.read()

    assert set(own.clip) == {"int8", "fp16", "fp32"}
    assert own.preprocess["squash"].build().size == own.preprocess["clip"].build().size == 224


@pytest.mark.parametrize("text", ["", "{}", '{"clip": 1}'])
def test_a_table_that_is_none_is_refused_by_name(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)

    with pytest.raises(UsageError, match=r"t\.json is not a table"):
        published.read(tmp_path / "t.json")
