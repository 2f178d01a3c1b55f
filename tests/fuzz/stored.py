"""Fuzzes files that are read back: bundles and networks from anybody, and a place's own after a bad disk."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np

from bowerbird.core.decision_log import decisions_key, packed_key
from bowerbird.core.decisions import encode_decision
from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.keys import image_key, sidecar_key
from bowerbird.core.labels import read_labels
from bowerbird.crawl.following.coverage import Edge, Knowledge, Span
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.deliver.records import Claim, Delivery, Records
from bowerbird.filter.survivors import Survivors
from bowerbird.host.repair.known import read_known
from bowerbird.models import background, novelty
from bowerbird.models.densities import AgainstStream, Commonness, Linear, Mixture, Neighbours
from bowerbird.models.novelty import Novelty, Part
from bowerbird.removal.recheck import kept_pictures
from bowerbird.review.label.imported import import_deletions
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.summary import read_run
from bowerbird.training import torch_files
from tests.fakes import FakeLedger, FakeStore
from tests.integration.label.place import STANDARD, decision_of
from tests.unit.training import torch_zip

_DIM = 8
_SHA = "0" * 64
_DAY = "2026-03-01"


def arrays(data: bytes) -> str:
    """A bundle's model, with a background to compare with, and a picture's score."""
    path = folder() / "novelty.npz"
    path.write_bytes(data)
    model = novelty.load(path, 0.0, _DIM, background=_ordinary())
    with np.errstate(all="ignore"):  # what a stranger's model computes is the stranger's affair
        assert model.score(np.full((1, _DIM), 0.3, np.float32)).shape == (1,)
    return "model"


def ordinary(data: bytes) -> str:
    """A bundle's ordinary pictures."""
    path = folder() / "background.npz"
    path.write_bytes(data)
    held = background.load(path, _DIM)
    assert held.vectors.shape[1] == _DIM
    return "background"


def tensors(data: bytes) -> str:
    """A PyTorch file; its numbers never take more room than the file."""
    path = folder() / "network.pt"
    path.write_bytes(data)
    found = torch_files.read(path)
    return "tensors" if found else "no tensors"


def log(data: bytes) -> str:
    """A day's decisions, plain or packed, to the sheet."""
    store = FakeStore()
    key = packed_key(_DAY) if data[:1] == b"\x1f" else decisions_key(_DAY, "a")
    store.put(key, data, content_type="-")
    run = read_run(store)
    page = Sheet(run, None, store, "t").whole() or ""
    assert "<script>alert" not in page
    return "cards" if run.cards else "nothing"


def sidecar(data: bytes) -> str:
    """What stands beside a picture, to all who read it."""
    store = FakeStore()
    picture = image_key(_SHA, "JPEG")
    store.put(picture, b"-", content_type="-")
    store.put(sidecar_key(picture), data, content_type="-")
    import_deletions(store, ["17", "https://example.org/good"])
    kept = list(kept_pictures(store))
    read_known(store)
    Survivors(store, FakeLedger()).recall(_SHA, "t:good")
    records = Records(store, "gallery", claim_s=60)
    try:
        claim = records.claim(picture)
    except (RetryableError, PermanentError) as error:
        return type(error).__name__
    if isinstance(claim, Claim):
        records.settle(claim, Delivery("imported", "", (1,)))
    return "kept" if kept else "not rechecked"


def label(data: bytes) -> str:
    """The owner's word on a picture."""
    store = FakeStore()
    store.put("labels/a.json", data, content_type="-")
    return "label" if list(read_labels(store)) else "none"


def cursor(data: bytes) -> str:
    """What a source was seen up to: read, joined and written."""
    store = FakeStore()
    cursors = CursorStore(store, "fuzz")
    cursors.join(Knowledge())
    (key,) = store.keys("cursors/")
    store.put(key, data, content_type="-")
    known = cursors.load()
    cursors.join(known)
    return "known" if known != Knowledge() else "nothing"


@cache
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="bowerbird-fuzz-"))


@cache
def _ordinary() -> background.Background:
    vectors = np.random.default_rng(5).normal(size=(12, _DIM)).astype(np.float32)
    return background.Background(vectors, np.arange(12), "twelve")


def _packed(save: Callable[[Path], None]) -> bytes:
    path = folder() / "seed.npz"
    save(path)
    return path.read_bytes()


def _loose(data: bytes) -> bytes:
    """The same archive, nothing packed: damage gets as far as the arrays."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as loose:
        for name in archive.namelist():
            loose.writestr(name, archive.read(name))
    return out.getvalue()


def models() -> list[bytes]:
    """A model of every density."""
    rng = np.random.default_rng(4)
    mixture = Mixture(
        np.asarray("full"),
        np.ones(2, np.float32) / 2,
        np.zeros((2, 3), np.float32),
        np.stack([np.eye(3, dtype=np.float32)] * 2),
        rng.normal(size=(_DIM, 3)).astype(np.float32),
        np.zeros(_DIM, np.float32),
    )
    near = Neighbours(rng.normal(size=(6, 4)).astype(np.float16), np.asarray(2))
    head = Linear(rng.normal(size=4).astype(np.float32), np.float32(0.5))
    common = Commonness.among(_ordinary().vectors, np.arange(3, 12), np.asarray(5))
    parts = (
        Part(mixture, (0, _DIM)),
        Part(near, (0, 4)),
        Part(head, (4, 8), 0.1, 2.0, 0.5),
        Part(common, (0, _DIM), weight=-1.0),
        Part(AgainstStream(head.coefficients, head.intercept, np.zeros(3, np.float32)), (2, 6)),
    )
    packed = _packed(lambda path: novelty.save(Novelty(parts, 0.0, {"heldout": np.arange(3.0)}), path))
    return [packed, _loose(packed)]


def backgrounds() -> list[bytes]:
    """Twelve ordinary pictures."""
    packed = _packed(lambda path: background.save(_ordinary(), path))
    return [packed, _loose(packed)]


def networks() -> list[bytes]:
    """Tensors in the two ways that PyTorch saves them."""
    held = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([0.5], np.float16)}
    seeds = []
    for shape in (dict, lambda calls: {"state_dict": dict(calls), "epoch": 3}):
        torch_zip.write(folder() / "seed.pt", held, shape)
        seeds.append((folder() / "seed.pt").read_bytes())
    return seeds


def days() -> list[bytes]:
    """A day's lines, plain, packed, and one alone."""
    lines = [encode_decision(decision_of(each)) for each in STANDARD]
    plain = ("\n" + "\n".join(lines) + "\n").encode()  # not to be taken for one JSON object
    return [plain, gzip.compress(plain, mtime=0), *(line.encode() for line in lines)]


def sidecars() -> list[bytes]:
    """One of a delivered picture, and one of a replaced one."""
    decision = json.loads(encode_decision(decision_of(STANDARD[3]))) | {"image": image_key(_SHA, "JPEG")}
    held = {"version": 1, "image": decision["image"], "decision": decision}
    delivered = {"state": "imported", "detail": "", "ids": [17], "attempts": 1}
    claimed = {"claim": "a", "until": "2026-03-01T10:00:00+00:00"}
    replaced = {"replaced_by": "images/b.jpg", "replaced_at": "2026-03-01T10:00:00Z"}
    more = ({"deliveries": {"gallery": delivered}}, {"deliveries": {"gallery": claimed}}, replaced)
    return [json.dumps(held | each).encode() for each in more]


def labels() -> list[bytes]:
    """A label."""
    held = {"version": 1, "candidate": "t:a", "keep": True, "labelled_at": "2026-03-01T10:00:00Z"}
    return [json.dumps(held | {"origin": "label", "image": None}).encode()]


def cursors() -> list[bytes]:
    """What two runs saw, as the store keeps it."""
    spans = (Span(Edge(1, 1.0), Edge(5, None)), Span(Edge(8, 3.0), Edge(9, 4.0)))
    return [json.dumps(Knowledge({"t3_a": 9, "t3_b": None}, spans, 0.5).encoded() | {"scheme": ""}).encode()]


TARGETS: Mapping[str, tuple[Callable[[bytes], str], Callable[[], list[bytes]]]] = {
    "novelty": (arrays, models),
    "background": (ordinary, backgrounds),
    "torch": (tensors, networks),
    "log": (log, days),
    "sidecar": (sidecar, sidecars),
    "label": (label, labels),
    "cursor": (cursor, cursors),
}
#: What the sound ones come to.
ACCEPTED: Mapping[str, str] = {
    "novelty": "model",
    "background": "background",
    "torch": "tensors",
    "log": "cards",
    "sidecar": "kept",
    "label": "label",
    "cursor": "known",
}
