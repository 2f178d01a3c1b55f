"""The index of likenesses: finds what is near, whatever the bits, and shares it between processes."""

import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.core.likeness import Likeness


def one(name: str, coarse: int = 0, fine: bytes = bytes(32)) -> Likeness:
    return Likeness(name, f"candidate of {name}", coarse, fine)


@pytest.fixture
def index(tmp_path: Path) -> SqliteLikenesses:
    return SqliteLikenesses(tmp_path / "likenesses.db")


@settings(deadline=None)
@given(coarse=st.integers(0, 2**64 - 1), flips=st.sets(st.integers(0, 63), max_size=8))
def test_finds_exactly_what_differs_in_at_most_six_bits(
    tmp_path_factory: pytest.TempPathFactory, coarse: int, flips: set[int]
) -> None:
    index = SqliteLikenesses(tmp_path_factory.mktemp("index") / "likenesses.db")
    kept = one("kept", coarse)
    index.enter(kept)
    found = index.near(one("new", coarse ^ sum(1 << bit for bit in flips)))
    assert found == ([kept] if len(flips) <= 6 else [])
    index.close()


def test_among_many_it_finds_what_a_search_through_all_finds(index: SqliteLikenesses) -> None:
    chance = random.Random(3)
    kept = [one(str(n), sum(1 << bit for bit in chance.sample(range(64), 4))) for n in range(200)]
    for each in kept:
        index.enter(each)
    for each in kept[::10]:
        near = [other for other in kept if other.image != each.image and each.alike(other)]
        assert sorted(index.near(each), key=lambda other: int(other.image)) == near


def test_entering_answers_who_was_there_and_twice_is_once(index: SqliteLikenesses) -> None:
    assert index.enter(one("first")) == []
    assert [each.image for each in index.enter(one("second"))] == ["first"]
    assert [each.image for each in index.enter(one("second"))] == ["first"]
    assert [each.image for each in index.near(one("third"))] == ["first", "second"]


def test_of_two_at_once_one_sees_the_other(tmp_path: Path) -> None:
    indexes = [SqliteLikenesses(tmp_path / "likenesses.db") for _ in range(2)]
    for round_ in range(20):
        seen: list[int] = []
        together = threading.Barrier(2)

        def enter(
            number: int, *, round_: int = round_, seen: list[int] = seen, gate: threading.Barrier = together
        ) -> None:
            gate.wait()
            seen.append(len(indexes[number].enter(one(f"{round_}-{number}", round_ * 0x0101_0101_0101_0101))))

        threads = [threading.Thread(target=enter, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert abs(seen[0] - seen[1]) == 1


def test_what_is_taken_out_is_not_found(index: SqliteLikenesses) -> None:
    for name in ("a", "b", "c"):
        index.enter(one(name))
    index.remove("a")
    index.remove("never there")
    index.forget("candidate of b")
    index.forget("nobody")
    assert (index.holds("a"), index.holds("b"), index.holds("c")) == (False, False, True)
    assert [each.image for each in index.near(one("d"))] == ["c"]


def test_an_index_of_an_earlier_version_goes_on_working(tmp_path: Path) -> None:
    path = tmp_path / "likenesses.db"
    index = SqliteLikenesses(path)
    index.enter(one("old"))
    index.close()
    with closing(sqlite3.connect(path)) as db:
        for column in ("sharpness REAL", "pixels INTEGER", "weight INTEGER"):
            db.execute(f"ALTER TABLE likenesses ADD COLUMN {column} NOT NULL DEFAULT 1")
    for _ in range(2):
        index = SqliteLikenesses(path)
        assert [each.image for each in index.enter(one("new"))] == ["old"]
        index.close()
