"""Copies of one picture: the better stays, whatever the order, and whenever the process dies."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bowerbird.adapters.sqlite.perceptual import SqliteLikenesses
from bowerbird.decisions import Decision
from bowerbird.errors import PermanentError
from bowerbird.keys import sidecar_key
from bowerbird.likeness import Likeness
from bowerbird.messages import Candidate, Submission, encode_candidate
from functions.filter.candidates import CandidateFilter
from functions.filter.copies import Copies, better
from functions.filter.pipeline import standard_pipeline
from functions.filter.stages.shape import ShapeRule
from functions.filter.survivors import Survivors
from tests.fakes import FakeFetcher, FakeLedger, FakeStore
from tests.pictures import gradient
from tests.unit.filter.test_candidates import FakeModels


def original(seed: int = 1) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, 25, (1500, 2000, 1))
    return Image.fromarray((np.asarray(gradient(2000, 1500, seed)) + noise).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


BEST = saved(original())
SMALLER = saved(original().resize((1600, 1200), Image.Resampling.LANCZOS))
COMPRESSED = saved(original(), 30)
BLURRED = saved(original().filter(ImageFilter.GaussianBlur(8)))
UPSCALED = saved(original().resize((500, 375)).resize((2400, 1800), Image.Resampling.BICUBIC))
OTHER = saved(original(2))


class World:
    """The filter over one place, with a picture for each URL."""

    def __init__(self, folder: Path, **pictures: bytes) -> None:
        self.answers: dict[str, bytes] = {
            f"https://i.example/{name}": data for name, data in pictures.items()
        }
        self.store, self.ledger = FakeStore(), FakeLedger()
        self.index = SqliteLikenesses(folder / "likenesses.db")

    def decide(self, name: str) -> Decision:
        copies = Copies(self.index, self.store, self.ledger)
        models = FakeModels(min_side=512)
        pipeline = standard_pipeline(
            fetcher=FakeFetcher(self.answers), ledger=self.ledger, models=models,
            shape=ShapeRule(), max_bytes=10**8, cores=1, copies=copies,
        )  # fmt: skip
        survivors = Survivors(self.store, self.ledger, copies)
        candidate = Candidate(name, (f"https://i.example/{name}",), Submission("test", name))
        return CandidateFilter(pipeline, self.ledger, survivors, "fake@1").decide(encode_candidate(candidate))

    def images(self) -> list[bytes]:
        return [data for key, data in self.store.objects.items() if not key.endswith(".json")]


@pytest.mark.parametrize(
    "worse", [SMALLER, COMPRESSED, BLURRED, UPSCALED], ids=["small", "compressed", "blur", "up"]
)
def test_a_worse_copy_is_rejected_and_gives_way(worse: bytes, tmp_path: Path) -> None:
    first = World(tmp_path / "1", best=BEST, worse=worse)
    assert first.decide("best").keep
    late = first.decide("worse")
    assert (late.keep, late.stage) == (False, "perceptual")
    assert late.reason.startswith("near-duplicate: no better than images/")
    assert first.images() == [BEST]

    second = World(tmp_path / "2", best=BEST, worse=worse)
    replaced = second.decide("worse")
    kept = second.decide("best")
    assert kept.keep
    assert kept.facts["replaces"] == [replaced.image]
    assert second.images() == [BEST]
    note = json.loads(second.store.objects[sidecar_key(replaced.image or "")])
    assert note["replaced_by"] == kept.image
    assert note["decision"]["candidate"] == "worse"


def test_other_pictures_are_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path, one=BEST, other=OTHER)
    assert world.decide("one").keep
    assert world.decide("other").keep


def test_a_better_copy_that_is_rejected_replaces_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, small=SMALLER)
    world.decide("small")
    world.answers["https://i.example/best"] = BEST[:-2000]
    assert world.decide("best").reason.startswith("truncated")
    assert world.images() == [SMALLER]


def test_the_same_candidate_again_is_no_copy_of_itself(tmp_path: Path) -> None:
    world = World(tmp_path, one=BEST)
    first = world.decide("one")
    assert world.decide("one") == first
    world.ledger.decisions.clear()
    assert world.decide("one") == first


def test_a_picture_that_was_removed_since_is_not_in_the_way(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    key = world.decide("best").image or ""
    world.store.delete(key)
    assert world.decide("small").keep
    assert not world.index.holds(key)


class Killed(BaseException):
    """The process dies here."""


class DyingStore(FakeStore):
    """Dies at the n-th change."""

    left = -1

    def _change(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        self._change()
        return super().put(key, data, content_type=content_type, if_absent=if_absent)

    def delete(self, key: str) -> None:
        self._change()
        super().delete(key)


@pytest.mark.parametrize("changes", range(5))
def test_a_death_while_replacing_is_healed_and_one_copy_is_there_at_every_moment(
    changes: int, tmp_path: Path
) -> None:
    world = World(tmp_path, small=SMALLER, best=BEST)
    world.store = DyingStore()
    world.decide("small")
    world.store.left = changes
    died = False
    try:
        world.decide("best")
    except Killed:
        died = True
    assert died == (changes < 4)  # image, sidecar, note, deletion
    assert world.images()
    world.store.left = -1
    assert world.decide("best").keep
    assert world.images() == [BEST]


def test_a_copy_whose_original_is_gone_after_a_crash_leaves_the_place_to_the_next(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    world.store = DyingStore()
    world.store.left = 0
    with pytest.raises(Killed):
        world.decide("best")
    world.store.left = -1
    world.answers["https://i.example/best"] = PermanentError("gone: 404")  # type: ignore[assignment]
    assert not world.decide("best").keep
    assert world.decide("small").keep


class Overtaken(SqliteLikenesses):
    """Between entering and storing, a better copy comes through in another process."""

    def holds(self, image: str) -> bool:
        self.remove(image)
        return super().holds(image)


def test_a_copy_that_was_overtaken_while_it_was_stored_removes_itself(tmp_path: Path) -> None:
    world = World(tmp_path, small=SMALLER)
    world.index = Overtaken(tmp_path / "likenesses.db")
    decision = world.decide("small")
    assert (decision.keep, decision.image) == (False, None)
    assert decision.reason == "near-duplicate: a better copy came at the same time"
    assert world.images() == []
    assert world.ledger.claims == {}


def copy(sharpness: float, pixels: int, weight: int) -> Likeness:
    return Likeness("i", "c", 0, bytes(32), sharpness, pixels, weight)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (copy(1.0, 200, 50), copy(1.0, 100, 90), True),
        (copy(1.0, 105, 50), copy(1.0, 100, 50), False),
        (copy(1.0, 100, 60), copy(1.0, 100, 50), True),
        (copy(1.0, 100, 54), copy(1.0, 100, 50), False),
        (copy(0.5, 400, 90), copy(1.0, 100, 50), False),
        (copy(1.0, 100, 50), copy(0.5, 400, 90), True),
        (copy(0.8, 200, 50), copy(1.0, 100, 50), True),
        (copy(0.0, 100, 50), copy(0.0, 100, 50), False),
    ],
)
def test_sharp_then_large_then_little_compressed(one: Likeness, other: Likeness, expected: bool) -> None:
    assert better(one, other) is expected
