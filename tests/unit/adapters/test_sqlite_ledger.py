"""The embedded ledger's own promises: each decision in exactly one line, whatever dies in between."""

from pathlib import Path

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.decisions import Decision, decode_decision


def decision(candidate: str, *, day: str = "2026-11-22", keep: bool = False) -> Decision:
    return Decision(
        candidate, keep, "novelty", "kept" if keep else "novelty: low", "lite@1", f"{day}T10:00:00Z"
    )


def lines(store: FolderStore) -> list[str]:
    return [
        decode_decision(line).candidate
        for key in store.keys("decisions/")
        for line in (store.get(key) or b"").decode().splitlines()
    ]


class CrashingStore(FolderStore):
    """Dies before, or after, the next write has reached the disk."""

    crash = ""

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        if self.crash == "before":
            raise OSError("killed")
        done = super().put(key, data, content_type=content_type, if_absent=if_absent)
        if self.crash == "after":
            raise OSError("killed")
        return done


def test_lines_are_partitioned_by_day(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    ledger = SqliteLedger(tmp_path / "ledger.db", store)
    ledger.commit(decision("a", day="2026-11-21"))
    ledger.commit(decision("b", day="2026-11-22"))
    assert ledger.flush() == 2
    assert [key.split("/")[1] for key in store.keys("decisions/")] == ["day=2026-11-21", "day=2026-11-22"]
    assert ledger.flush() == 0


def test_a_crash_in_the_middle_of_a_flush_leaves_each_line_once(tmp_path: Path) -> None:
    for crash in ("before", "after"):
        root = tmp_path / crash
        store = CrashingStore(root)
        ledger = SqliteLedger(root / "ledger.db", store)
        ledger.commit(decision("a"))
        store.crash = crash
        try:
            ledger.flush()
        except OSError:
            ledger.close()
        store.crash = ""
        after = SqliteLedger(root / "ledger.db", store)
        after.commit(decision("b"))
        after.flush()
        assert sorted(lines(store)) == ["a", "b"], crash


def test_two_ledgers_on_one_bucket_never_share_a_file(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for name in ("one", "two"):
        ledger = SqliteLedger(tmp_path / name / "ledger.db", store)
        ledger.commit(decision(name))
        ledger.flush()
    assert sorted(lines(store)) == ["one", "two"]
    assert len(list(store.keys("decisions/"))) == 2
