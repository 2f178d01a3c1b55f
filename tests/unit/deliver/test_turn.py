"""One picture at a time for a gallery, however many deliverers there are."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bowerbird.deliver.about import About
from bowerbird.deliver.answers import Answer, Outcome
from bowerbird.deliver.turn import InTurn, turn_key
from tests.fakes import FakeStore

KEY = turn_key("https://scenery.example")
START = datetime(2026, 3, 1, tzinfo=UTC)

TOLD = About("images/ab/abc.jpg", datetime(2026, 11, 26, tzinfo=UTC))


@dataclass
class World:
    """A gallery, and a clock that only waiting moves; `between` happens at each wait, and
    `meanwhile` during an offer."""

    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = START
    offered: list[str] = field(default_factory=list)
    between: Callable[[], object] = lambda: None
    meanwhile: Callable[[], object] = lambda: None
    failing: bool = False

    who = "scenery"

    def import_image(
        self,
        image: bytes,  # noqa: ARG002 - the port's
        *,
        filename: str,
        source_url: str | None,  # noqa: ARG002 - the port's
        tags: Sequence[str],  # noqa: ARG002 - the port's
        about: About,  # noqa: ARG002 - the port's
    ) -> Answer:
        self.offered.append(filename)
        assert self.taken_until() > self.now  # nobody else's turn meanwhile
        self.meanwhile()
        if self.failing:
            raise RuntimeError("a bug")
        return Answer(Outcome.IMPORTED)

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.between()

    def taken_until(self) -> datetime:
        return datetime.fromisoformat(json.loads(self.store.objects[KEY])["until"])

    def offer(self) -> Answer:
        turns = InTurn(self, self.store, KEY, hold_s=240, clock=lambda: self.now, sleep=self.sleep)
        return turns.import_image(b"", filename="a.jpg", source_url=None, tags=(), about=TOLD)

    def another_takes(self, seconds: float) -> None:
        until = (self.now + timedelta(seconds=seconds)).isoformat()
        self.store.objects[KEY] = json.dumps({"holder": "another", "until": until}).encode()


def test_the_turn_is_given_back_at_once() -> None:
    world = World()
    assert [world.offer().outcome for _ in range(2)] == [Outcome.IMPORTED] * 2
    assert world.now == START
    assert world.taken_until() == START


def test_it_waits_until_the_other_is_done() -> None:
    world = World()
    world.another_takes(240)
    world.between = lambda: world.another_takes(0) if world.now > START + timedelta(seconds=7) else None
    assert world.offer().outcome is Outcome.IMPORTED
    assert (world.now - START).total_seconds() == pytest.approx(7.5)


def test_the_turn_of_the_dead_runs_out() -> None:
    world = World()
    world.another_takes(30)
    assert world.offer().outcome is Outcome.IMPORTED
    assert (world.now - START).total_seconds() == pytest.approx(30)


def test_a_long_wait_ends_as_if_the_gallery_were_not_there() -> None:
    world = World()
    world.another_takes(240)
    answer = world.offer()
    assert (answer.outcome, world.offered) == (Outcome.UNREACHABLE, [])
    assert "its turn did not come" in answer.detail
    assert json.loads(world.store.objects[KEY])["holder"] == "another"


def test_a_turn_that_ran_out_and_was_taken_is_not_given_back() -> None:
    world = World()

    world.meanwhile = lambda: world.another_takes(100)
    world.offer()
    assert json.loads(world.store.objects[KEY])["holder"] == "another"


def test_a_bug_in_an_offer_holds_up_nobody() -> None:
    world = World(failing=True)
    with pytest.raises(RuntimeError, match="a bug"):
        world.offer()
    assert world.taken_until() == START


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"until": 3}', b'{"until": "9999-01-01T00:00:00+00:00"}']
)
def test_what_is_no_turn_and_what_a_wrong_clock_wrote_hold_up_nobody(data: bytes) -> None:
    world = World()
    world.store.objects[KEY] = data
    assert world.offer().outcome is Outcome.IMPORTED
    assert world.now == START
