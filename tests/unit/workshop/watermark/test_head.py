"""A head learnt on the shipped backbone, in the training environment."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import onnxruntime as ort  # noqa: E402
from PIL import Image  # noqa: E402

from bowerbird.models import canonical  # noqa: E402
from bowerbird.models.bundle import find  # noqa: E402
from layers.models.workshop.watermark import entry, features, graft, learn, views  # noqa: E402
from layers.models.workshop.watermark.head import Bytes, Head, begin  # noqa: E402

LITE = find("lite") / "watermark.onnx"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("kept")
    told = []
    for number, name in enumerate(canonical.NAMES):
        canonical.draw(name).resize((512, 512)).save(place / f"{name}.png")
        marks = [[10, 10, 40, 30]] if number % 2 else None
        told.append({
            "path": str(place / f"{name}.png"), "owner": name, "kind": "corner@here" if marks else "scenic",
            "fold": number % 4, "views": 2, "ground": True, "marks": marks,
        })  # fmt: skip
    (place / "sources.json").write_text(json.dumps(told))
    made = views.Views(place / "sources.json", laid=4, seed=0)
    features.keep(made, features.Backbone(LITE), place)
    return place


def test_keeping_goes_on_where_it_was_stopped(kept: Path, tmp_path: Path) -> None:
    made = views.Views(kept / "sources.json", laid=4, seed=0)
    whole = features.Kept(kept)
    lines = (kept / "index.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "index.jsonl").write_text("".join(lines[:3]))
    (tmp_path / "maps.u8").write_bytes((kept / "maps.u8").read_bytes()[: 3 * features.RECORD + 17])
    (tmp_path / "cells.i8").write_bytes((kept / "cells.i8").read_bytes()[: 3 * 32 * 32])

    features.keep(made, features.Backbone(LITE), tmp_path)

    assert features.Kept(tmp_path).lines == whole.lines
    assert (tmp_path / "maps.u8").read_bytes() == (kept / "maps.u8").read_bytes()


def test_a_grafted_head_judges_pictures_as_the_learnt_one_did(kept: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    head, widen, views_kept = Head().eval(), Bytes(LITE), features.Kept(kept)
    graft.export(head, tmp_path / "head.onnx")
    graft.graft(LITE, tmp_path / "head.onnx", tmp_path / "whole.onnx")
    logits = learn.judge(head, widen, views_kept)

    session = ort.InferenceSession(str(tmp_path / "whole.onnx"))
    for name, expected in zip(canonical.NAMES, logits[::2], strict=False):
        picture = np.asarray(Image.open(kept / f"{name}.png").convert("RGB"))
        logit, heat = session.run(None, {"pixels": entry.pixels(picture)})
        assert logit.item() == pytest.approx(expected, abs=1e-3)
        assert heat.shape == (1, 32, 32)


def test_learning_goes_on_from_what_ships(kept: Path) -> None:
    head = Head().eval()
    begin(head, LITE)
    session = ort.InferenceSession(str(LITE))
    for name, logit in zip(
        canonical.NAMES, learn.judge(head, Bytes(LITE), features.Kept(kept))[::2], strict=False
    ):
        picture = np.asarray(Image.open(kept / f"{name}.png").convert("RGB"))
        shipped = session.run(None, {"pixels": entry.pixels(picture)})[0].item()
        assert logit == pytest.approx(shipped, abs=0.15), "apart by the rounding of the head to 8 bits"


def test_owners_places_and_folds_can_be_held_out(kept: Path) -> None:
    lines = features.Kept(kept).lines
    out = learn.held_out(lines, [0], [], ["here"])
    assert all(out[i] for i, line in enumerate(lines) if learn.pool(line) == "owned")
    assert all(bool(out[i]) is (line["fold"] == 0) for i, line in enumerate(lines) if not line["marked"])
    drawn = learn.Pools(lines, learn.held_out(lines, [], [], [])).draw(np.random.default_rng(0), 12)
    assert {learn.pool(lines[i]) for i in drawn} == {"owned", "laid", "clean"}
