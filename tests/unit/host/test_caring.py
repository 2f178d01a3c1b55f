"""The chores of a run: when they are done, what waits for what, and what a failure changes."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from bowerbird.core.errors import RetryableError, UsageError
from bowerbird.deliver.sweep import Sweep
from bowerbird.host.caring import Changes, Delivering, Disk, Memory, Pruning
from bowerbird.host.chores import Chores
from bowerbird.host.daily import Daily
from bowerbird.host.homes import Home
from bowerbird.notify.message import Message
from bowerbird.removal.bounds import Bounds
from tests.fakes import FakeStore

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@dataclass
class FakeCounts:
    kept: int = 0
    gone: int = 0

    def removed(self, pictures: int) -> None:
        self.gone += pictures


@dataclass
class FakePlace:
    store: FakeStore = field(default_factory=FakeStore)
    name: str = "a place"


@dataclass
class FakeHome:
    counts: FakeCounts = field(default_factory=FakeCounts)
    place: FakePlace = field(default_factory=FakePlace)


@dataclass
class FakeSweep:
    """Fails so many times; `asks` is how long the gallery then wants to be left alone."""

    fails: int = 0
    asks: float = 0.0
    times: int = 0
    wait_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)

    def once(self) -> bool:
        self.times += 1
        failed = self.fails > 0
        self.fails -= failed
        self.problems = {"images/a": "nobody there"} if failed else {}
        self.wait_s = self.asks if failed else 0.0
        return not failed


class World:
    def __init__(self, sweep: FakeSweep | None = None) -> None:
        self.now, self.home = NOON, FakeHome()
        self.sweep = sweep or FakeSweep()
        self.rung: list[Message] = []
        self.said: list[str] = []
        self.delivering = Delivering(self.a_home, cast("Sweep", self.sweep), now=lambda: self.now)

    @property
    def a_home(self) -> Home:
        return cast("Home", self.home)

    def pruning(self, *deliveries: Delivering) -> Pruning:
        return Pruning(
            self.a_home,
            Bounds(max_bytes=1),
            deliveries,
            self.rung.append,
            self.said.append,
            Daily(lambda: self.now),
        )


def test_only_a_new_keep_is_delivered_again() -> None:
    world = World()
    for _ in range(3):
        world.delivering()
    assert (world.sweep.times, world.delivering.complete) == (1, True)
    world.home.counts.kept = 1
    world.delivering()
    assert world.sweep.times == 2


def test_a_gallery_that_fails_is_asked_less_and_less_often() -> None:
    world = World(FakeSweep(fails=99))
    asked = []
    for second in range(0, 3600, 5):
        world.now = NOON + timedelta(seconds=second)
        before = world.sweep.times
        try:
            world.delivering()
        except UsageError as error:
            assert str(error) == "nobody there (1 wait)"  # noqa: PT017 - it is not raised each time
        if world.sweep.times > before:
            asked.append(second)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == [20, 40, 80, 160, 320, 600, 600, 600, 600][: len(gaps)]
    assert max(gaps) == 600


def test_a_gallery_is_left_alone_for_as_long_as_it_asks() -> None:
    world = World(FakeSweep(fails=1, asks=1800))
    with pytest.raises(UsageError):
        world.delivering()
    world.now += timedelta(seconds=1799)
    world.delivering()
    assert world.sweep.times == 1
    world.now += timedelta(seconds=1)
    world.delivering()
    assert (world.sweep.times, world.delivering.complete) == (2, True)


def test_nothing_is_pruned_before_it_is_delivered() -> None:
    world = World(FakeSweep(fails=1))
    world.home.place.store.put("labels/ab/x.json", b"{", content_type="x")
    pruning = world.pruning(world.delivering)
    pruning()  # would fail for the label, if it looked
    with pytest.raises(UsageError):
        world.delivering()
    pruning()
    world.now += timedelta(hours=1)
    world.delivering()
    with pytest.raises(Exception, match=r"labels/ab/x\.json"):
        pruning()


def test_room_is_made_once_a_day() -> None:
    world = World()
    pruning = world.pruning()
    pruning()
    world.home.place.store.put("labels/ab/x.json", b"{", content_type="x")
    pruning()  # it would fail for the label, if it looked
    world.now += timedelta(days=1)
    with pytest.raises(Exception, match=r"labels/ab/x\.json"):
        pruning()
    assert (world.rung, world.said) == ([], [])


def test_changes_are_new_keeps_and_new_days() -> None:
    world = World()
    changes = Changes(world.a_home, lambda: world.now)
    assert [changes.any(), changes.any()] == [True, False]
    world.home.counts.kept = 1
    assert [changes.any(), changes.any()] == [True, False]
    world.home.counts.gone = 1
    assert [changes.any(), changes.any()] == [True, False]
    world.now += timedelta(days=1)
    assert [changes.any(), changes.any()] == [True, False]


def test_little_room_is_told_once_until_there_was_enough(tmp_path: Path) -> None:
    rung: list[Message] = []
    free = iter([2000, 900, 800, 1100, 900, 1300, 900])
    disk = Disk({"a place": tmp_path}, 1000, rung.append, lambda _: next(free))
    told = []
    for _ in range(7):
        disk()
        told.append(len(rung))
    assert told == [0, 1, 1, 1, 1, 1, 2]
    assert rung[0].text.startswith("900 bytes are left on the disk of a place")
    assert rung[0].urgent


@pytest.mark.parametrize("before", [None, b"{", b"[]", b'{"x": 7}', b'{"x": "no time"}'])
def test_a_memory_that_cannot_be_read_begins_anew(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "told.json"
    if before is not None:
        path.write_bytes(before)
    assert Memory(path).read() == {}
    Memory(path).write("ntfy:x", NOON)
    Memory(path).write("ntfy:y", NOON)
    assert Memory(path).read() == {"ntfy:x": NOON, "ntfy:y": NOON}


@dataclass
class FakeChore:
    fails: list[Any]
    done: int = 0

    def __call__(self) -> None:
        self.done += 1
        error = self.fails.pop(0) if self.fails else None
        if error:
            raise error


def test_a_failing_chore_is_told_once_and_keeps_no_other_from_being_done() -> None:
    said: list[str] = []
    bad = FakeChore(
        [RetryableError("down"), RetryableError("down"), ValueError("odd"), None, RetryableError("down")]
    )
    good = FakeChore([])
    chores = Chores([("bad", bad), ("good", good)], said.append)
    for _ in range(5):
        chores.once()
    assert good.done == 5
    assert said == [
        "bad: down", "bad: ValueError: odd; -v shows where, please report it", "bad: down",
    ]  # fmt: skip


def test_chores_are_done_once_more_at_the_end() -> None:
    chore = FakeChore([])
    with Chores([("x", chore)], lambda _: None).running():
        assert chore.done == 0
    assert chore.done == 1


def test_without_chores_no_thread_begins() -> None:
    with Chores([], lambda _: None).running():
        assert "chores" not in {thread.name for thread in threading.enumerate()}
