"""Copies of one picture: the better stays, whatever the order, and whenever the process dies."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

import bowerbird.demo
from bowerbird import imaging
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.keys import replaced_key, sidecar_key
from bowerbird.core.likeness import Likeness
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from bowerbird.core.reasons import Word
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.copies import Copies, restore
from bowerbird.filter.shape import ShapeRule
from bowerbird.filter.survivors import Survivors
from tests.fakes import FakeFetcher, FakeLedger, FakeStore
from tests.unit.filter.test_candidates import FakeModels, queue_policy

PHOTOGRAPHS = Path(bowerbird.demo.__file__).with_name("photographs")


def photograph(name: str) -> Image.Image:
    whole = Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")
    return whole.resize((1200, 1200 * whole.height // whole.width), Image.Resampling.LANCZOS)


def saved(image: Image.Image, quality: int = 90, form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image.save(out, form, **({"quality": quality} if form == "JPEG" else {"compress_level": 1}))
    return out.getvalue()


def again(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(saved(image, quality)))


ORIGINAL = photograph("picos-de-europa")
HALF = ORIGINAL.resize((720, 540), Image.Resampling.LANCZOS)
BEST = saved(ORIGINAL)
SMALLER = saved(HALF)
OTHER = saved(photograph("forest-stream"))

# Which the original replaces when it comes second.
REPLACED = {
    "smaller": SMALLER,
    "compressed": saved(ORIGINAL, 30),
    "compressed, bytes appended": saved(ORIGINAL, 30) + bytes(6_000_000),
    "smaller, sharpened": saved(HALF.filter(ImageFilter.UnsharpMask(1, 100, 0)), 85),
    "one bit": saved(HALF.convert("1"), form="PNG"),
    "216 colours": saved(HALF.convert("P"), form="PNG"),
    "grey": saved(ORIGINAL.convert("L"), 98),
}
# Which stay when they come first: they are no smaller, and nothing measured says that the original is better.
STAYING = {
    "PNG of a low quality": saved(again(ORIGINAL, 30), form="PNG"),
    "low quality, saved again": saved(again(ORIGINAL, 30), 98),
    "sharpened": saved(ORIGINAL.filter(ImageFilter.UnsharpMask(2, 150, 0)), 96),
    "enlarged": saved(ORIGINAL.resize((1800, 1350), Image.Resampling.BICUBIC), 95),
    "enlarged, repeated": saved(ORIGINAL.resize((2400, 1800), Image.Resampling.NEAREST), 95),
    "enlarged and sharpened": saved(
        ORIGINAL.resize((1800, 1350), Image.Resampling.LANCZOS).filter(ImageFilter.UnsharpMask(2, 150, 0)), 95
    ),
    "blurred": saved(ORIGINAL.filter(ImageFilter.GaussianBlur(3)), 98),
}


class World:
    """The filter over one place, with a picture for each URL."""

    def __init__(self, folder: Path, **pictures: bytes) -> None:
        self.answers: dict[str, bytes] = {
            f"https://i.example/{name}": data for name, data in pictures.items()
        }
        self.store, self.ledger = FakeStore(), FakeLedger()
        self.index = SqliteLikenesses(folder / "likenesses.db")

    def decide(self, name: str, *, last_attempt: bool = False) -> Decision:
        copies = Copies(self.index, self.store, self.ledger)
        models = FakeModels(min_side=512)
        policy = queue_policy(
            models, FakeFetcher(self.answers), self.ledger, copies=copies, shape=ShapeRule(min_area=1)
        )
        survivors = Survivors(self.store, self.ledger, copies)
        candidate = Candidate(name, (f"https://i.example/{name}",), Submission("test", name))
        filter_ = CandidateFilter(policy, self.ledger, survivors, "fake@1")
        return filter_.decide(encode_candidate(candidate), last_attempt=last_attempt)

    def images(self) -> list[bytes]:
        return [self.store.objects[key] for key in self.store.keys("images/") if not key.endswith(".json")]

    def waiting(self) -> list[bytes]:
        return [self.store.objects[key] for key in self.store.keys("replaced/")]


@pytest.mark.parametrize("kind", [*REPLACED, *STAYING])
def test_the_original_stays_whatever_copy_comes(kind: str, tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, worse=(REPLACED | STAYING)[kind])
    assert world.decide("best").keep
    late = world.decide("worse")
    assert (late.keep, late.stage) == (False, "perceptual")
    assert str(late.reason).startswith("near-duplicate: no better than images/")
    assert world.images() == [BEST]
    assert world.waiting() == []


@pytest.mark.parametrize("kind", REPLACED)
def test_the_original_replaces_a_worse_copy_which_waits(kind: str, tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, worse=REPLACED[kind])
    replaced = world.decide("worse").image or ""
    kept = world.decide("best")
    assert kept.keep
    assert kept.facts["replaces"] == [replaced]
    assert world.images() == [BEST]
    assert world.waiting() == [REPLACED[kind]]
    note = json.loads(world.store.objects[sidecar_key(replaced)])
    assert note["replaced_by"] == kept.image
    assert [note["replaced_why"]] == kept.facts["replaces_why"]
    assert note["replaced_to"] == replaced_key(replaced)
    assert note["decision"]["candidate"] == "worse"


@pytest.mark.parametrize("kind", STAYING)
def test_the_first_stays_where_the_second_is_not_clearly_better(kind: str, tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, worse=STAYING[kind])
    assert world.decide("worse").keep
    assert not world.decide("best").keep
    assert world.images() == [STAYING[kind]]


def test_a_smaller_copy_in_colour_stays_beside_a_larger_grey_one(tmp_path: Path) -> None:
    world = World(tmp_path, grey=saved(ORIGINAL.convert("L")), small=SMALLER)
    assert world.decide("grey").keep
    assert world.decide("small").keep
    assert len(world.images()) == 2


def test_a_kept_file_that_cannot_be_read_is_in_nobodys_way(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    key = world.decide("best").image or ""
    world.store.objects[key] = b"damaged"
    assert world.decide("small").keep
    assert world.images() == [b"damaged", SMALLER] or world.images() == [SMALLER, b"damaged"]


def test_other_pictures_are_left_alone(tmp_path: Path) -> None:
    world = World(tmp_path, one=BEST, other=OTHER)
    assert world.decide("one").keep
    assert world.decide("other").keep


def test_a_better_copy_that_is_rejected_replaces_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, small=SMALLER)
    world.decide("small")
    world.answers["https://i.example/best"] = BEST[:-2000]
    assert world.decide("best").reason.word == "truncated"
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


@pytest.mark.parametrize("changes", range(6))
def test_a_death_while_replacing_is_healed_and_every_picture_is_there_at_every_moment(
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
    assert died == (changes < 5)  # image, sidecar, copy, note, deletion
    assert SMALLER in world.images() + world.waiting()
    world.store.left = -1
    assert world.decide("best").keep
    assert world.images() == [BEST]
    assert world.waiting() == [SMALLER]


def test_a_copy_whose_original_is_gone_after_a_crash_leaves_the_place_to_the_next(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    world.store = DyingStore()
    world.store.left = 0
    with pytest.raises(Killed):
        world.decide("best")
    world.store.left = -1
    world.answers["https://i.example/best"] = PermanentError("404", Word.GONE)  # type: ignore[assignment]
    assert not world.decide("best").keep
    assert world.decide("small").keep


def test_a_copy_that_is_being_stored_is_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    world.store = DyingStore()
    world.store.left = 0
    with pytest.raises(Killed):
        world.decide("best")
    world.store.left = -1
    with pytest.raises(RetryableError, match="best, a copy, is being stored at this moment"):
        world.decide("small")
    assert world.decide("best").keep
    assert not world.decide("small").keep
    assert world.images() == [BEST]


def test_a_copy_that_never_came_is_waited_for_no_longer_than_there_are_attempts(tmp_path: Path) -> None:
    world = World(tmp_path, best=BEST, small=SMALLER)
    world.store = DyingStore()
    world.store.left = 0
    with pytest.raises(Killed):
        world.decide("best")
    world.store.left = -1
    assert world.decide("small", last_attempt=True).keep


class Overtaking(SqliteLikenesses):
    """Between the look-up and the entry, a better copy is stored by another process."""

    first: Callable[[], object] | None = None

    def enter(self, likeness: Likeness) -> list[Likeness]:
        first, self.first = self.first, None
        if first:
            first()
        return super().enter(likeness)


def test_of_two_at_once_the_better_one_stays_whoever_enters_first(tmp_path: Path) -> None:
    world = World(tmp_path, small=SMALLER, best=BEST)
    index = world.index = Overtaking(tmp_path / "likenesses.db")
    index.first = lambda: world.decide("best")
    decision = world.decide("small")
    assert (decision.keep, decision.stage, decision.image) == (False, "perceptual", None)
    assert world.images() == [BEST]
    assert list(world.ledger.claims.values()) == ["best"]


def test_a_restored_picture_stays_and_is_known_again(tmp_path: Path) -> None:
    world = World(tmp_path, small=SMALLER, best=BEST, copy=saved(HALF, 60))
    key = world.decide("small").image or ""
    world.decide("best")
    for _ in range(2):  # twice is once
        assert restore(key, world.store, world.index, imaging)
    assert sorted(world.images()) == sorted([BEST, SMALLER])
    assert world.waiting() == []
    assert world.index.holds(key)
    world.ledger.decisions.pop("best")  # it died before its commit: what it had replaced comes up again
    assert world.decide("best").keep
    assert sorted(world.images()) == sorted([BEST, SMALLER])
    assert not world.decide("copy").keep
