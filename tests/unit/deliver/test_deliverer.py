"""One survivor's way to the gallery, with a gallery that answers as it is told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bowerbird.core.errors import PermanentError, RetryableError, UsageError
from bowerbird.core.keys import sidecar_key
from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.deliverer import Deliverer, ReverseSearch
from bowerbird.deliver.picture import Conversion
from bowerbird.deliver.records import Delivery, Records
from bowerbird.deliver.tags import TagRule
from tests.fakes import FakeStore
from tests.pictures import encoded, gradient
from tests.unit.deliver.survivors import keep, record

GALLERY = "http://scenery.example"
IMPORTED = Answer(Outcome.IMPORTED, "Success! Image id = 7", (7,))


@dataclass
class FakeGallery:
    answers: list[Answer]
    who: str = "scenery"
    offers: list[tuple[bytes, str, str | None, tuple[str, ...]]] = field(default_factory=list)
    told: list[About] = field(default_factory=list)

    def import_image(
        self, image: bytes, *, filename: str, source_url: str | None, tags: Sequence[str], about: About
    ) -> Answer:
        self.told.append(about)
        self.offers.append((image, filename, source_url, tuple(tags)))
        return self.answers.pop(0)


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class World:
    answers: list[Answer]
    conversion: Conversion = "jpeg"
    search: ReverseSearch | None = None
    store: FakeStore = field(default_factory=FakeStore)
    clock: Clock = field(default_factory=Clock)
    gallery: FakeGallery = field(init=False)

    def __post_init__(self) -> None:
        self.gallery = FakeGallery(self.answers)

    def deliver(self, key: str) -> Delivery:
        records = Records(self.store, GALLERY, claim_s=100, clock=self.clock)
        tags = TagRule.parse("from_bowerbird,{community}")
        return Deliverer(self.store, self.gallery, records, tags, self.conversion, self.search).deliver(key)


def test_a_survivor_is_offered_as_it_is_and_the_result_stands_in_its_sidecar() -> None:
    world = World([IMPORTED])
    key = keep(world.store)
    before = json.loads(world.store.objects[sidecar_key(key)])
    assert world.deliver(key) == Delivery("imported", "Success! Image id = 7", (7,))
    ((image, filename, url, tags),) = world.gallery.offers
    assert image == world.store.objects[key]
    assert filename == key.rpartition("/")[2]
    assert (url, tags) == ("https://www.reddit.com/r/EarthPorn/comments/1/", ("from_bowerbird", "EarthPorn"))
    after = json.loads(world.store.objects[sidecar_key(key)])
    assert after.pop("deliveries") == {
        GALLERY: {
            "state": "imported",
            "detail": "Success! Image id = 7",
            "ids": [7],
            "at": "2026-03-01T00:00:00+00:00",
            "attempts": 1,
        }
    }
    assert after == before


@pytest.mark.parametrize("outcome", [Outcome.IMPORTED, Outcome.ALREADY, Outcome.SIMILAR, Outcome.REFUSED])
def test_what_has_ended_is_not_offered_again(outcome: Outcome) -> None:
    world = World([Answer(outcome, "said", (3,))])
    key = keep(world.store)
    first = world.deliver(key)
    assert first == Delivery(outcome.value, "said", (3,))
    assert world.deliver(key) == Delivery(outcome.value, "said", (3,), known=True)
    assert len(world.gallery.offers) == 1


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNREACHABLE])
def test_a_failure_may_be_tried_again_at_once(outcome: Outcome) -> None:
    world = World([Answer(outcome, "busy"), IMPORTED])
    key = keep(world.store)
    with pytest.raises(RetryableError, match="busy"):
        world.deliver(key)
    assert record(world.store, key, GALLERY) == {"problem": "busy", "attempts": 1}
    assert world.deliver(key).state == "imported"
    assert record(world.store, key, GALLERY)["attempts"] == 2


def test_an_unclear_end_is_not_tried_again_before_the_claim_runs_out() -> None:
    world = World([Answer(Outcome.UNCLEAR, "timed out"), Answer(Outcome.ALREADY, "there", (1,))])
    key = keep(world.store)
    with pytest.raises(RetryableError) as caught:
        world.deliver(key)
    assert caught.value.retry_after_s == 100
    world.clock.wait(99)
    with pytest.raises(RetryableError, match="still be under way") as caught:
        world.deliver(key)
    assert caught.value.retry_after_s == 1
    assert len(world.gallery.offers) == 1
    world.clock.wait(2)
    assert world.deliver(key) == Delivery("already", "there", (1,))


def test_a_claim_from_a_clock_far_ahead_does_not_last_for_ever() -> None:
    world = World([IMPORTED])
    key = keep(world.store)
    Records(world.store, GALLERY, claim_s=100, clock=Clock(datetime(2036, 1, 1, tzinfo=UTC))).claim(key)
    assert world.deliver(key).state == "imported"


def test_who_comes_back_after_the_claim_ran_out_does_not_overwrite_the_other() -> None:
    world = World([IMPORTED])
    key = keep(world.store)
    records = Records(world.store, GALLERY, claim_s=100, clock=world.clock)
    late = records.claim(key)
    assert not isinstance(late, Delivery)
    world.clock.wait(101)
    world.deliver(key)
    records.settle(late, Delivery("refused", "late"))
    records.release(late, "late")
    assert record(world.store, key, GALLERY)["state"] == "imported"


def test_a_wrong_address_is_the_owners_to_mend_and_keeps_nothing_claimed() -> None:
    world = World([Answer(Outcome.MISCONFIGURED, "status 404"), IMPORTED])
    key = keep(world.store)
    with pytest.raises(UsageError, match="scenery: status 404"):
        world.deliver(key)
    assert world.deliver(key).state == "imported"


def test_a_source_that_is_not_taken_is_left_out() -> None:
    world = World([Answer(Outcome.INVALID_URL), IMPORTED])
    world.deliver(keep(world.store))
    assert [offer[2] is None for offer in world.gallery.offers] == [False, True]


def test_a_picture_refused_for_its_url_even_without_one_can_be_tried_again() -> None:
    world = World([Answer(Outcome.INVALID_URL), Answer(Outcome.INVALID_URL, "invalid url")])
    with pytest.raises(RetryableError, match="invalid url"):
        world.deliver(keep(world.store))


@pytest.mark.parametrize(
    ("conversion", "magic", "name"), [("jpeg", b"\xff\xd8", "jpg"), ("png", b"\x89PNG", "png")]
)
def test_other_formats_are_converted(conversion: Conversion, magic: bytes, name: str) -> None:
    world = World([IMPORTED], conversion)
    world.deliver(keep(world.store, encoded(gradient(64, 48), "WEBP"), "WEBP"))
    ((image, filename, _, _),) = world.gallery.offers
    assert image.startswith(magic)
    assert filename.endswith(f".{name}")


def test_or_skipped_with_a_reason() -> None:
    world = World([], "skip")
    key = keep(world.store, encoded(gradient(64, 48), "WEBP"), "WEBP")
    assert world.deliver(key) == Delivery("skipped", "format: scenery takes PNG and JPEG, this is WEBP")
    assert record(world.store, key, GALLERY)["state"] == "skipped"


def test_more_than_scenery_takes_is_skipped() -> None:
    world = World([])
    delivery = world.deliver(keep(world.store, b"\xff\xd8\xff" + bytes(50_000_000)))
    assert delivery == Delivery("skipped", "too-large: 50000003 bytes, scenery takes 50000000")


def test_a_picture_that_was_removed_is_skipped() -> None:
    world = World([])
    key = keep(world.store)
    world.store.delete(key)
    assert world.deliver(key) == Delivery("skipped", "gone: the picture was removed")


def test_a_picture_whose_sidecar_is_on_its_way_waits_for_it() -> None:
    world = World([])
    key = keep(world.store)
    world.store.delete(sidecar_key(key))
    with pytest.raises(RetryableError, match="not there yet"):
        world.deliver(key)


@pytest.mark.parametrize("text", [b"", b"\xff", b"[]", b'{"a":'])
def test_a_damaged_sidecar_is_said_so(text: bytes) -> None:
    world = World([])
    key = keep(world.store)
    world.store.objects[sidecar_key(key)] = text
    with pytest.raises(PermanentError, match="is not a sidecar"):
        world.deliver(key)


@pytest.mark.parametrize(
    "deliveries",
    [[], "x", {GALLERY: None}, {GALLERY: {"state": 1, "attempts": "x", "claim": 1, "until": "never"}}],
)
def test_damaged_records_count_as_none(deliveries: object) -> None:
    world = World([IMPORTED])
    key = keep(world.store)
    world.store.objects[sidecar_key(key)] = json.dumps({"deliveries": deliveries}).encode()
    assert world.deliver(key).state == "imported"


def test_galleries_have_records_of_their_own() -> None:
    world = World([IMPORTED])
    key = keep(world.store)
    Records(world.store, "http://other.example", claim_s=100, clock=world.clock).claim(key)
    assert world.deliver(key).state == "imported"


@dataclass
class FakeSearch:
    found: tuple[int, ...] | Exception

    def similar(self, image: bytes) -> tuple[int, ...]:
        assert image
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def test_what_ambience_finds_is_not_offered() -> None:
    world = World([], search=FakeSearch((4, 5)))
    assert world.deliver(keep(world.store)) == Delivery("similar", "ambience has it", (4, 5))


def test_what_ambience_does_not_find_is_offered() -> None:
    world = World([IMPORTED], search=FakeSearch(()))
    assert world.deliver(keep(world.store)).state == "imported"


def test_without_an_answer_of_ambience_nothing_is_offered_and_nothing_stays_claimed() -> None:
    world = World([], search=FakeSearch(RetryableError("ambience: status 500")))
    key = keep(world.store)
    with pytest.raises(RetryableError, match="ambience"):
        world.deliver(key)
    assert "claim" not in record(world.store, key, GALLERY)
