from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import Place
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.host.alive import beat
from bowerbird.host.counts import RunCounts
from bowerbird.host.paused import pause
from bowerbird.host.status import Diary, write_status
from bowerbird.panel.keeps import Keeps
from bowerbird.panel.now import Now
from tests.fakes import FakeStore
from tests.many_decisions import Many, many


def now_of(place: Place) -> Now:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Now(place, Keeps(place.store, lambda: at), place.state, [place.state])


def test_a_place_where_nothing_ever_ran_says_so(tmp_path: Path) -> None:
    told = now_of(Place("x", FakeStore(), tmp_path / "none", shared=True)).told()
    assert told["run"]["runs"] is False
    assert "nothing runs here" in told["run"]["told"]
    assert (told["queue"], told["sources"], told["keeps"], told["day"]) == (
        None,
        [],
        [],
        {"seen": 0, "kept": 0},
    )


def test_a_run_is_told_with_its_sources_and_its_queue(tmp_path: Path) -> None:
    state = tmp_path / ".bowerbird"
    place = Place(str(tmp_path), FolderStore(tmp_path), state)
    diary = Diary(lambda: datetime(2026, 3, 1, 23, tzinfo=UTC), 300.0)
    diary.crawled("reddit", "7 new posts")
    diary.failed("lemmy:a.example", "it refused")
    beat(state)
    write_status(state, diary.status(RunCounts()))
    queue = SqliteQueue(state / "queue.db")
    queue.send([(f"m{number}", "body") for number in range(5)])
    first, second, *_ = queue.receive(3)
    queue.bury(first, "no sense \x1b[31m in it")
    queue.release(second.receipt, 60)
    told = now_of(place).told()
    assert (told["run"]["runs"], told["run"]["paused"], told["run"]["every_s"]) == (True, False, 300.0)
    assert [(each["source"], each["failing"]) for each in told["sources"]] == [
        ("reddit", ""), ("lemmy:a.example", "it refused"),
    ]  # fmt: skip
    assert told["failures"][0]["words"] == "it refused"
    assert told["queue"] == {
        "ready": 2, "delayed": 1, "in_flight": 1, "dead": 1,
        "letters": [{"id": "m0", "reason": "no sense [31m in it"}],
    }  # fmt: skip
    queue.close()
    pause(state)
    assert now_of(place).told()["run"]["paused"] is True


def test_a_look_into_the_queue_changes_nothing(tmp_path: Path) -> None:
    queue = SqliteQueue(tmp_path / "queue.db")
    queue.send([("m", "body")])
    queue.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    place = Place("x", FakeStore(), tmp_path, shared=True)
    assert now_of(place).told()["queue"]["ready"] == 1
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    (tmp_path / "queue.db").write_bytes(b"no database" * 1000)
    assert now_of(place).told()["queue"] is None


def test_the_disk_and_the_hosts_are_told(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for key, data in many(Many(2, 2, 1, 30)).objects.items():
        store.put(key, data, content_type="x")
    upkeep = now_of(Place(str(tmp_path), store, tmp_path / ".bowerbird")).upkeep()
    (host,) = upkeep["hosts"]
    assert (host["host"], host["health"]) == ("reddit", "ok")
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert upkeep["disk"]["used"] == f"{size / 1000:.1f} kB"
    usage = os.statvfs(tmp_path)
    assert 0 < upkeep["disk"]["part"] <= 1
    assert usage.f_blocks
    assert now_of(Place("s3://b", store, tmp_path, shared=True)).upkeep()["disk"] is None
