"""Files of our own that cannot be used: what is said, and what can still be read of them."""

from __future__ import annotations

import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite import ledger, likenesses, queue
from bowerbird.adapters.sqlite.database import LAYOUT, Database, sole_use
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.likenesses import SqliteLikenesses
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.adapters.sqlite.salvage import ailment, salvaged
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import DamagedError, StoreError
from bowerbird.core.likeness import Likeness
from bowerbird.core.reasons import Reason
from tests.damage import WAYS, another_programs, garbage, random_pages, truncated
from tests.fakes import FakeStore

ROWS = 200
TABLE = "CREATE TABLE IF NOT EXISTS words (word TEXT)"


DECISION = Decision(
    "c", keep=False, stage="novelty", reason=Reason.parse("low"), bundle="a@1", decided_at="2026-03-01T00Z"
)


def decision(number: int) -> Decision:
    return replace(DECISION, candidate=f"c{number}")


def filled_queue(path: Path) -> None:
    own = SqliteQueue(path)
    own.send([(f"c{number}", f"body {number} " + "x" * 200) for number in range(ROWS)])
    own.bury(own.receive(1)[0], "poison")
    own.close()


def filled_ledger(path: Path) -> None:
    own = SqliteLedger(path, FakeStore())
    own.restore([(decision(number), False) for number in range(ROWS)], [])
    own.close()


def filled_index(path: Path) -> None:
    own = SqliteLikenesses(path)
    chance = random.Random(1)
    for number in range(20):
        own.enter(Likeness(f"images/{number}", f"c{number}", chance.getrandbits(64), chance.randbytes(32)))
    own.close()


OPENED: dict[str, Callable[[Path], object]] = {
    "queue.db": SqliteQueue,
    "ledger.db": lambda path: SqliteLedger(path, FakeStore()),
    "likenesses.db": SqliteLikenesses,
}
FILLED = {"queue.db": filled_queue, "ledger.db": filled_ledger, "likenesses.db": filled_index}
SCHEMAS = {"queue.db": queue.SCHEMA, "ledger.db": ledger.SCHEMA, "likenesses.db": likenesses.SCHEMA}


@pytest.mark.parametrize("damage", WAYS)
@pytest.mark.parametrize("name", OPENED)
def test_a_damaged_file_is_refused_by_name_with_what_to_do(
    name: str, damage: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / name
    FILLED[name](path)
    assert ailment(path, SCHEMAS[name]) is None
    damage(path)
    with pytest.raises(DamagedError, match=rf"{name}.*: it is damaged \(.*`bowerbird repair PLACE`") as said:
        OPENED[name](path)
    why = ailment(path, SCHEMAS[name])
    assert why is not None
    assert said.value.why == why or damage is another_programs


def test_no_header_is_garbage_enough_for_a_traceback(tmp_path: Path) -> None:
    """Any bytes of the header, any values: opened, or a sentence."""
    path, chance, refused = tmp_path / "queue.db", random.Random(4), 0
    filled_queue(path)
    sound = path.read_bytes()
    for _ in range(150):
        data = bytearray(sound)
        start = chance.randrange(100)
        data[start : start + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(1, 40))
        path.write_bytes(data)
        try:
            SqliteQueue(path).close()
        except StoreError:
            refused += 1
        for rest in tmp_path.glob("queue.db-*"):
            rest.unlink()
    assert refused > 50


def test_damage_that_a_run_comes_upon_is_told_then(tmp_path: Path) -> None:
    """What no look at the pages tells: a text that is none, and a decision that is none."""
    path = tmp_path / "ledger.db"
    filled_ledger(path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE decided SET decision = CAST(x'ff' AS TEXT) WHERE candidate = 'c1'")
        db.execute("UPDATE decided SET decision = '{\"a\": 1}' WHERE candidate = 'c2'")
    db.close()
    own = SqliteLedger(path, FakeStore())
    for candidate in ("c1", "c2"):
        with pytest.raises(DamagedError, match=r"ledger\.db: it is damaged"):
            own.decided(candidate)
    assert own.decided("c3") == decision(3)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    filled_queue(path)
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={LAYOUT + 1}")
    db.close()
    for refused in (lambda: SqliteQueue(path), lambda: ailment(path, queue.SCHEMA)):
        with pytest.raises(StoreError, match="a newer version of Bowerbird has written it") as said:
            refused()
        assert not isinstance(said.value, DamagedError)


def test_a_file_that_another_process_holds_is_told(tmp_path: Path) -> None:
    path = tmp_path / "words.db"
    Database(path, TABLE).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="another process holds it; stop that one"):
        Database(path, TABLE, busy_s=0.05)
    other.close()


@pytest.fixture
def nobody() -> Iterator[None]:
    """Root may do everything, so somebody else tries."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


@pytest.fixture
def unreadable() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled_queue(folder / "queue.db")
        folder.chmod(0o777)
        (folder / "in-use.lock").chmod(0o666)
        (folder / "instances").chmod(0o777)
        (folder / "queue.db").chmod(0)
        yield folder / "queue.db"


def test_a_file_without_permission_is_told(unreadable: Path, nobody: None) -> None:
    del nobody
    with pytest.raises(StoreError, match="it may not be written to, or not be read; make it writable"):
        SqliteQueue(unreadable)


def test_while_a_file_is_open_nobody_repairs_it_and_the_other_way_round(tmp_path: Path) -> None:
    own = Database(tmp_path / "words.db", TABLE)
    with pytest.raises(StoreError, match="at work here; stop it, then repair"), sole_use(tmp_path):
        pass
    own.close()
    with sole_use(tmp_path), pytest.raises(StoreError, match="it is being repaired"):
        Database(tmp_path / "words.db", TABLE)
    Database(tmp_path / "words.db", TABLE).close()


def test_a_holder_that_is_no_mark_of_ours_touches_no_file(tmp_path: Path) -> None:
    path, victim = tmp_path / "queue.db", tmp_path / "victim"
    filled_queue(path)
    victim.write_text("precious")
    with sqlite3.connect(path) as db:
        for seq, holder in enumerate(("../victim", ".", "a\x00b", "x" * 5000), 2):
            db.execute("UPDATE messages SET holder = ?, visible_at = 9e9 WHERE seq = ?", (holder, seq))
    db.close()
    assert SqliteQueue(path).depth().ready == ROWS - 1
    assert victim.read_text() == "precious"


@pytest.mark.parametrize(("damage", "least"), [(garbage, ROWS - 1), (truncated, 28), (random_pages, 0)])
def test_what_can_be_read_of_a_damaged_queue_is_read(
    damage: Callable[[Path], None], least: int, tmp_path: Path
) -> None:
    path, fresh = tmp_path / "queue.db", tmp_path / "fresh.db"
    filled_queue(path)
    SqliteQueue(fresh).close()
    damage(path)
    before = path.read_bytes()
    found = salvaged(path, fresh, "messages", "id, body")
    assert len(found) >= least
    assert {(id_, body.partition(" x")[0]) for id_, body in found} <= {
        (f"c{number}", f"body {number}") for number in range(ROWS)
    }
    assert path.read_bytes() == before


def test_one_bad_page_costs_what_is_on_it(tmp_path: Path) -> None:
    path, fresh = tmp_path / "queue.db", tmp_path / "fresh.db"
    filled_queue(path)
    SqliteQueue(fresh).close()
    sound = path.read_bytes()
    (page,) = [at for at in range(0, len(sound), 4096) if b"body 100 " in sound[at : at + 4096]]
    path.write_bytes(sound[:page] + bytes(4096) + sound[page + 4096 :])
    found = {id_ for (id_,) in salvaged(path, fresh, "messages", "id")}
    lost = {f"c{number}" for number in range(1, ROWS)} - found
    assert "c100" in lost
    assert len(lost) < 25


def test_a_ledger_that_has_forgotten_what_it_wrote_overwrites_no_line(tmp_path: Path) -> None:
    """As when its log was lost: the same numbers, and so the same names, are given again."""
    store, path = FolderStore(tmp_path / "place"), tmp_path / "ledger.db"
    own = SqliteLedger(path, store)
    own.close()
    early = path.read_bytes()
    own = SqliteLedger(path, store)
    own.commit(decision(1))
    assert own.flush() == 1
    own.close()
    path.write_bytes(early)
    own = SqliteLedger(path, store)
    own.commit(decision(2))
    with pytest.raises(
        DamagedError, match="it no longer knows the decisions that it wrote to decisions/day="
    ):
        own.flush()
    (key,) = store.keys("decisions/")
    assert b'"c1"' in (store.get(key) or b"")
