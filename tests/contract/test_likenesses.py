"""What every index of likenesses promises."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.likenesses import DynamoLikenesses
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.core.likeness import Likeness
from bowerbird.core.ports import Likenesses
from tests.aws_servers import Cloud
from tests.contract.servers import CLOUDS

Open = Callable[[], Likenesses]


def one(name: str, coarse: int = 0, fine: bytes = bytes(32)) -> Likeness:
    return Likeness(name, f"candidate of {name}", coarse, fine)


def images(found: list[Likeness]) -> set[str]:
    assert len(found) == len({each.image for each in found})
    return {each.image for each in found}


@pytest.fixture(params=["embedded", *CLOUDS])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens one place's index anew, as another process would."""
    if request.param == "embedded":
        return lambda: SqliteLikenesses(tmp_path / "likenesses.db")
    cloud = request.getfixturevalue(request.param)
    table = cloud.table()
    return lambda: DynamoLikenesses(cloud.client("dynamodb"), table)


@pytest.fixture
def index(opened: Open) -> Likenesses:
    return opened()


def test_finds_exactly_what_differs_in_at_most_six_bits(index: Likenesses) -> None:
    chance = random.Random(5)
    for number in range(24):
        kept = one(f"kept {number}", chance.getrandbits(64))
        index.enter(kept)
        flips = number % 8
        asked = kept.coarse ^ sum(1 << bit for bit in chance.sample(range(64), flips))
        assert index.near(one("new", asked)) == ([kept] if flips <= 6 else []), flips


def test_fine_prints_decide_between_those_that_are_near(index: Likenesses) -> None:
    index.enter(one("alike", 0, b"\xff" * 4 + bytes(28)))
    index.enter(one("other", 0, b"\xff" * 5 + bytes(27)))
    assert images(index.near(one("new"))) == {"alike"}


def test_among_many_it_finds_what_a_search_through_all_finds(index: Likenesses) -> None:
    chance = random.Random(3)
    kept = [one(str(n), sum(1 << bit for bit in chance.sample(range(64), 4))) for n in range(60)]
    for number, each in enumerate(kept):
        assert images(index.enter(each)) == {other.image for other in kept[:number] if each.alike(other)}
    for each in kept[::10]:
        assert images(index.near(each)) == {o.image for o in kept if o.image != each.image and each.alike(o)}


def test_entering_answers_who_was_there_and_twice_is_once(index: Likenesses) -> None:
    assert index.enter(one("first")) == []
    assert images(index.enter(one("second"))) == {"first"}
    assert images(index.enter(one("second"))) == {"first"}
    assert images(index.near(one("third"))) == {"first", "second"}


def test_a_picture_that_is_entered_anew_stands_where_it_looks_now(index: Likenesses) -> None:
    index.enter(one("a", 0))
    index.enter(Likeness("a", "another candidate", 2**64 - 1, bytes(32)))
    index.forget("candidate of a")
    assert index.near(one("new", 0)) == []
    assert [each.candidate for each in index.near(one("new", 2**64 - 1))] == ["another candidate"]


def test_what_is_taken_out_is_not_found(index: Likenesses) -> None:
    for name in ("a", "b", "c"):
        index.enter(one(name))
    index.remove("a")
    index.remove("never there")
    index.forget("candidate of b")
    index.forget("nobody")
    assert (index.holds("a"), index.holds("b"), index.holds("c")) == (False, False, True)
    assert images(index.near(one("d"))) == {"c"}


def test_of_two_at_once_one_sees_the_other(opened: Open) -> None:
    indexes, chance = [opened() for _ in range(2)], random.Random(7)
    for round_ in range(12):
        coarse = chance.getrandbits(64)
        prints = (coarse, coarse ^ sum(1 << bit for bit in chance.sample(range(64), round_ % 7)))
        seen: list[int] = []
        together = threading.Barrier(2)

        def enter(
            number: int, it: Likeness, *, seen: list[int] = seen, gate: threading.Barrier = together
        ) -> None:
            gate.wait()
            seen.append(len(indexes[number].enter(it)))

        threads = [
            threading.Thread(target=enter, args=(number, one(f"{round_}-{number}", prints[number])))
            for number in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [0, 1]


class Interrupted:
    """A DynamoDB client that does something else just before its call number `at`, from 0."""

    def __init__(self, client: Any, at: int, act: Callable[[], None]) -> None:
        self._client, self._left, self._act = client, at, act

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def interrupted(**told: Any) -> Any:
            self._left -= 1
            if self._left == -1:
                self._act()
            return call(**told)

        return interrupted


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> Cloud:
    found: Cloud = request.getfixturevalue(request.param)
    return found


CALLS = 10  # of one entering: a look, the candidate, the entry and seven bands
SHARES_BANDS_1_AND_4 = 0b1 | 1 << 18 | 1 << 27 | 1 << 45 | 1 << 54


@pytest.mark.parametrize("other", [0, SHARES_BANDS_1_AND_4])
def test_whoever_comes_between_two_steps_sees_or_is_seen(cloud: Cloud, other: int) -> None:
    seen = []
    for at in range(CALLS):
        table, client = cloud.table(), cloud.client("dynamodb")
        inside: list[Likeness] = []

        def enter(table: str = table, client: Any = client, inside: list[Likeness] = inside) -> None:
            inside += DynamoLikenesses(client, table).enter(one("inner", other))

        outer = DynamoLikenesses(Interrupted(client, at, enter), table).enter(one("outer"))
        assert images([*outer, *inside]) in ({"inner"}, {"outer"}), at
        seen.append(bool(inside))
    assert seen == sorted(seen)
    assert {*seen} == {False, True}


def test_who_is_stopped_anywhere_finishes_the_next_time(cloud: Cloud) -> None:
    def stop() -> None:
        raise InterruptedError

    for at in range(CALLS):
        table, client = cloud.table(), cloud.client("dynamodb")
        index = DynamoLikenesses(client, table)
        with pytest.raises(InterruptedError):
            DynamoLikenesses(Interrupted(client, at, stop), table).enter(one("a"))
        index.enter(one("b"))
        index.enter(one("a"))
        assert images(index.near(one("new"))) == {"a", "b"}
        with pytest.raises(InterruptedError):
            DynamoLikenesses(Interrupted(client, at, stop), table).remove("a")
        index.remove("a")
        assert images(index.near(one("new"))) == {"b"}, at
        assert not index.holds("a")
