"""The list itself: what stands at each entrance, and that every stage reads what it declares."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest

from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.usual import Marks
from bowerbird.filter.copies import Copies
from bowerbird.filter.evidence import Pixels, Upload
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.parts import Parts
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.shape import NOMADS
from tests.fakes import FakeFetcher, FakeLedger, FakeStore
from tests.pictures import gradient, jpeg
from tests.unit.filter.test_candidates import URL, FakeModels

ROOT = Path(__file__).parents[3]
EVERYTHING = [
    "declared", "prior", "glance", "preview", "original", "dimensions", "duplicate", "integrity",
    "perceptual", "scout", "novelty", "watermark", "advisory",
]  # fmt: skip


@dataclass(slots=True)
class Watched(Examination):
    """Remembers what was read of it."""

    read: set[type] = field(default_factory=set)

    def __getitem__(self, kind: type[Any]) -> Any:
        self.read.add(kind)
        return self.found[kind]


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    store, ledger = FakeStore(), FakeLedger()
    copies = Copies(SqliteLikenesses(tmp_path / "likenesses.db"), store, ledger)
    bundle = FakeModels(watermark=FakeModels(threshold=2.0), aesthetic=FakeModels())
    return Parts(
        bundle, Semaphore(1), FakeFetcher({URL: jpeg()}), ledger, shape=NOMADS, copies=copies,
        scout=FirstLook(FakeModels(), 0.0, "scout", FirstLook(FakeModels(), 0.0, "glance")),
        asked=Asked.parse([], ["detail", "nsfw"]), prior=lambda: None,
    )  # fmt: skip


ENTRANCES = [
    (Entrance.QUEUE, (), EVERYTHING),
    (Entrance.LINK, (), ["original", "dimensions", "integrity", "novelty", "watermark"]),
    (Entrance.FILE, (Upload(jpeg()),), ["original", "dimensions", "integrity", "novelty", "watermark"]),
    (Entrance.PIXELS, (Pixels(gradient(64, 64)),), ["novelty", "watermark"]),
]


@pytest.mark.parametrize(("entrance", "brought", "names"), ENTRANCES, ids=[e.name for e, _, _ in ENTRANCES])
def test_every_stage_reads_what_it_declares_and_leaves_what_it_promises(
    parts: Parts, entrance: Entrance, brought: tuple[object, ...], names: list[str]
) -> None:
    policy = pipeline(parts, entrance)
    assert [stage.name for stage in policy.stages] == names
    exam = Watched(Candidate("c", (URL,), Submission("urls", "c")))
    exam.give(*brought)
    for stage in policy.stages:
        exam.read.clear()
        assert stage.examine(exam) is None
        assert "failed" not in exam.facts.get("advisory", {})
        assert exam.read == set(stage.needs), stage.name
        assert exam.found.keys() >= set(stage.gives), stage.name


def test_without_copies_scout_margin_and_shape_their_stages_are_left_out() -> None:
    bare = Parts(FakeModels(), Semaphore(1), FakeFetcher({}), FakeLedger())
    left_out = {"declared", "prior", "glance", "preview", "perceptual", "scout"}
    found = [stage.name for stage in pipeline(bare, Entrance.QUEUE).stages]
    assert found == [name for name in EVERYTHING if name not in left_out]


@pytest.mark.parametrize(
    ("marks", "names", "kept_at"),
    [("reject", ["novelty", "watermark"], "watermark"), ("off", ["novelty"], "novelty")],
)
def test_whoever_does_not_mind_watermarks_does_not_look_for_them(
    parts: Parts, marks: Marks, names: list[str], kept_at: str
) -> None:
    made = pipeline(replace(parts, marks=marks), Entrance.PIXELS)
    assert ([stage.name for stage in made.stages], made.kept_at) == (names, kept_at)


def test_a_watermark_that_is_merely_noted_rejects_nothing(parts: Parts) -> None:
    marked = replace(parts, bundle=FakeModels(watermark=FakeModels(threshold=0.0)))
    found = {}
    for marks in ("reject", "note"):
        exam = Examination(Candidate("c", (URL,), Submission("urls", "c")))
        exam.give(Pixels(gradient(64, 64)))
        verdict = pipeline(replace(marked, marks=marks), Entrance.PIXELS).judge(exam)
        found[marks] = (verdict.keep, verdict.reason.word, exam.facts.get("watermark"))
        assert exam.scores["watermark"] >= exam.thresholds["watermark"] == 0.0
    assert found == {"reject": (False, "watermark", None), "note": (True, "kept", "noted")}


def test_an_entrance_that_lacks_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="Parts lacks its fetcher, or the ledger"):
        pipeline(Parts(FakeModels(), Semaphore(1)), Entrance.LINK)


def test_a_file_is_named_as_its_stage() -> None:
    files = {path.stem for path in (ROOT / "src/bowerbird/filter/stages").glob("*.py")} - {"__init__"}
    assert files == set(EVERYTHING)


def test_architecture_md_lists_the_stages_in_their_order() -> None:
    rows = [
        line.split("`")[1]
        for line in (ROOT / "docs/architecture.md").read_text().splitlines()
        if line.startswith("   | `")
    ]
    assert rows == EVERYTHING
