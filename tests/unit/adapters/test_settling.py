"""The embedded ledger keeps little of what was decided long ago, and still decides once."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import open_place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.cli.main import main
from bowerbird.core.decision_log import each_line, packed_key
from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason, Word
from bowerbird.host.daily import Daily
from bowerbird.host.repair.repair import repair
from bowerbird.host.state_files import LEDGER, QUEUE
from bowerbird.host.tidying import Tidying, tidy

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def decision(name: str, *, day: str, keep: bool = False) -> Decision:
    return Decision(
        name, keep=keep, stage="novelty", reason=Reason(Word.NOVELTY, "-3.20 < -1.80"), bundle="lite@1",
        decided_at=f"{day}T10:00:00.000Z",
    )  # fmt: skip


def filled(root: Path, count: int = 30) -> tuple[FolderStore, SqliteLedger]:
    store = FolderStore(root)
    ledger = SqliteLedger(root / "ledger.db", store)
    for index in range(count):
        ledger.commit(decision(f"old{index}", day="2026-11-20"))
    ledger.commit(decision("new", day="2026-11-26"))
    ledger.flush()
    return store, ledger


def rows(path: Path, table: str) -> int:
    with sqlite3.connect(path) as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608 - our own names


def test_an_old_decision_is_known_found_and_not_made_again(tmp_path: Path) -> None:
    store, ledger = filled(tmp_path)
    list(tidy(store, ledger, TODAY))

    assert (rows(tmp_path / "ledger.db", "decided"), rows(tmp_path / "ledger.db", "settled")) == (1, 30)
    assert ledger.knows("old7")
    assert not ledger.knows("never")
    assert ledger.decided("old7") == decision("old7", day="2026-11-20")
    again = ledger.commit(decision("old7", day="2026-11-26", keep=True))
    assert again == decision("old7", day="2026-11-20")
    assert ledger.flush() == 0
    assert len(list(each_line(store))) == 31
    ledger.close()


def test_what_no_line_holds_yet_is_not_settled(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    ledger = SqliteLedger(tmp_path / "ledger.db", store)
    ledger.commit(decision("a", day="2026-11-20"))

    assert ledger.settle("2026-11-25") == 0
    assert ledger.flush() == 1
    assert ledger.settle("2026-11-25") == 1
    ledger.close()


def test_a_day_that_somebody_cleared_away_is_still_known(tmp_path: Path) -> None:
    store, ledger = filled(tmp_path)
    list(tidy(store, ledger, TODAY))
    store.delete(packed_key("2026-11-20"))

    found = ledger.decided("old7")

    assert found is not None
    assert found.reason == Reason(
        Word.ERROR, "it was decided on 2026-11-20, and its line is not there any more"
    )
    ledger.close()


def test_shrinking_gives_the_room_back(tmp_path: Path) -> None:
    _, ledger = filled(tmp_path, 3000)
    ledger.close()
    before = (tmp_path / "ledger.db").stat().st_size
    ledger = SqliteLedger(tmp_path / "ledger.db", FolderStore(tmp_path))
    assert ledger.settle("2026-11-25") == 3000
    ledger.shrink()
    ledger.close()

    assert (tmp_path / "ledger.db").stat().st_size < before / 3


def test_an_older_version_refuses_a_ledger_with_settled_candidates(tmp_path: Path) -> None:
    _, ledger = filled(tmp_path)
    ledger.settle("2026-11-25")
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_tidying_looks_once_a_day_and_survives_a_store_that_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store, ledger = filled(tmp_path)
    (tmp_path / packed_key("2026-11-20")).write_bytes(b"no gzip")

    now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    chore = Tidying(store, ledger, Daily(lambda: now))
    chore()
    assert "is damaged" in caplog.text
    (tmp_path / packed_key("2026-11-20")).unlink()
    chore()
    assert rows(tmp_path / "ledger.db", "settled") == 0, "it looked twice on one day"
    now += timedelta(days=1)
    chore()
    assert rows(tmp_path / "ledger.db", "settled") == 30
    ledger.close()


def place_with_old_decisions(root: Path) -> Path:
    place = open_place(str(root))
    SqliteQueue(place.state / QUEUE).close()
    ledger = SqliteLedger(place.state / LEDGER, place.store)
    for index in range(5):
        ledger.commit(decision(f"old{index}", day="2025-01-02"))
        ledger.flush()  # five files
    ledger.close()
    return place.state / LEDGER


def test_the_command_says_what_it_brought(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place_with_old_decisions(tmp_path)

    assert main(["compact", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("2025-01-02: 5 files, ")
    assert "the ledger: " in told
    assert main(["compact", str(tmp_path)]) == 0
    assert "all finished days are compact" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "decisions/day=2025-01-02").iterdir()] == ["all.jsonl.gz"]


def test_repair_finds_a_compact_place_sound_and_rebuilds_a_lost_ledger(tmp_path: Path) -> None:
    path = place_with_old_decisions(tmp_path)
    main(["compact", str(tmp_path)])
    place = open_place(str(tmp_path))
    mended = {each.name: each for each in repair(place, now=NOW, dry_run=True)}
    assert mended[LEDGER].told == "sound"

    path.unlink()
    list(repair(place, now=NOW))

    ledger = SqliteLedger(path, place.store)
    assert ledger.decided("old3") == decision("old3", day="2025-01-02")
    ledger.close()


def test_a_ledger_of_before_is_sound_without_the_new_table(tmp_path: Path) -> None:
    path = place_with_old_decisions(tmp_path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE settled")
        db.execute("PRAGMA user_version=1")
    place = open_place(str(tmp_path))

    mended = {each.name: each for each in repair(place, now=NOW, dry_run=True)}

    assert mended[LEDGER].told == "sound"


def test_repair_saves_the_lines_of_a_compressed_file_that_breaks_off(tmp_path: Path) -> None:
    place_with_old_decisions(tmp_path)
    main(["compact", str(tmp_path)])
    place = open_place(str(tmp_path))
    packed = tmp_path / packed_key("2025-01-02")
    whole = packed.read_bytes()
    packed.write_bytes(whole[:-9])  # the end of the check sum and what belongs to it

    (told, *_) = [each.told for each in repair(place, now=NOW) if "breaks off" in each.told]

    assert "it breaks off after 5 decisions, which are saved" in told
    assert not packed.exists()
    assert sorted(each.candidate for each in each_line(place.store) if each) == [f"old{n}" for n in range(5)]
