"""Walking over a place: everything once, and an end when the gallery is down."""

from dataclasses import dataclass, field

from bowerbird.core.errors import RetryableError
from bowerbird.deliver.records import ClaimedError, Delivery
from bowerbird.deliver.sweep import Sweep
from tests.fakes import FakeStore
from tests.unit.deliver.survivors import keep


@dataclass
class FakeDeliverer:
    failing: set[str] = field(default_factory=set)
    error: RetryableError = field(default_factory=lambda: RetryableError("down"))
    asked: list[str] = field(default_factory=list)

    def deliver(self, key: str) -> Delivery:
        self.asked.append(key)
        if key in self.failing:
            raise self.error
        return Delivery("imported")


def place(pictures: int) -> tuple[FakeStore, list[str]]:
    store = FakeStore()
    return store, sorted(keep(store, seed=seed) for seed in range(pictures))


def test_every_survivor_is_delivered_once_and_new_ones_when_they_come() -> None:
    store, keys = place(3)
    sweep = Sweep(store, FakeDeliverer())
    assert sweep.once()
    assert sweep.deliverer.asked == keys  # type: ignore[attr-defined]
    new = keep(store, seed=9)
    assert sweep.once()
    assert sweep.deliverer.asked == [*keys, new]  # type: ignore[attr-defined]
    assert sweep.counts == {"imported": 4}


def test_a_failure_leaves_the_others_alone_and_is_tried_in_the_next_round() -> None:
    store, keys = place(3)
    deliverer = FakeDeliverer({keys[1]})
    sweep = Sweep(store, deliverer)
    assert not sweep.once()
    assert sweep.problems == {keys[1]: "down"}
    deliverer.failing.clear()
    assert sweep.once()
    assert deliverer.asked == [*keys, keys[1]]
    assert sweep.problems == {}


def test_a_gallery_that_is_down_is_not_asked_for_every_picture() -> None:
    store, keys = place(6)
    deliverer = FakeDeliverer(set(keys))
    assert not Sweep(store, deliverer).once()
    assert deliverer.asked == keys[:3]


def test_what_another_deliverer_has_in_hand_says_nothing_about_the_gallery() -> None:
    store, keys = place(6)
    deliverer = FakeDeliverer(set(keys[:5]), ClaimedError("in hand"))
    sweep = Sweep(store, deliverer)
    assert not sweep.once()
    assert deliverer.asked == keys
    assert sweep.counts == {"imported": 1}


def test_it_stops_between_two_pictures() -> None:
    store, keys = place(3)
    deliverer = FakeDeliverer()
    Sweep(store, deliverer, stopped=lambda: len(deliverer.asked) == 2).once()
    assert deliverer.asked == keys[:2]
