"""Finished days become one file each, whoever is stopped, reads or redacts in between."""

import gzip
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.compaction import compact
from bowerbird.core.decision_log import DecisionLog, decisions_key, each_line, packed_key
from bowerbird.core.decisions import Decision, encode_decision, redacted
from bowerbird.core.errors import StoreError
from bowerbird.core.reasons import Reason, Word
from bowerbird.removal.redaction import redact_lines
from tests.fakes import FakeStore

TODAY = date(2026, 11, 26)
DAY = "2026-11-20"


def decision(name: str, day: str = DAY) -> Decision:
    told = {"source": "reddit", "id": name, "title": "My garden"}
    reason = Reason(Word.NOVELTY, "-3.20 < -1.80")
    return Decision(
        name, keep=False, stage="novelty", reason=reason, bundle="lite@1",
        decided_at=f"{day}T10:00:00.000Z", submission=told,
    )  # fmt: skip


def put(store: FakeStore, part: str, *names: str, day: str = DAY) -> str:
    key = decisions_key(day, part)
    data = "".join(encode_decision(decision(name, day)) + "\n" for name in names).encode()
    store.put(key, data, content_type="application/x-ndjson")
    return key


def names(store: FakeStore) -> list[str]:
    return [each.candidate if each else "damaged" for each in each_line(store)]


def test_finished_days_become_one_file_each_and_recent_ones_stay() -> None:
    store = FakeStore()
    for part in ("a", "b", "c"):
        put(store, part, f"{part}1", f"{part}2")
    put(store, "a", "yesterday", day="2026-11-25")
    before = list(each_line(store))

    (made,) = compact(store, TODAY)

    assert (made.day, made.files) == (DAY, 3)
    assert set(store.keys("decisions/")) == {packed_key(DAY), decisions_key("2026-11-25", "a")}
    assert list(each_line(store)) == before
    assert list(compact(store, TODAY)) == []


def test_the_compressed_file_is_lines_that_zcat_shows(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    put(store, "a", "x")  # type: ignore[arg-type]
    list(compact(store, TODAY))

    shown = gzip.decompress((tmp_path / packed_key(DAY)).read_bytes()).decode()

    assert shown == encode_decision(decision("x")) + "\n"


def test_what_comes_later_joins_the_day() -> None:
    store = FakeStore()
    put(store, "a", "x")
    list(compact(store, TODAY))
    put(store, "late", "y", "x")

    assert names(store) == ["x", "y"]
    list(compact(store, TODAY))

    assert names(store) == ["x", "y"]
    assert list(store.keys("decisions/")) == [packed_key(DAY)]


def test_lines_that_nobody_can_read_are_kept() -> None:
    store = FakeStore()
    store.put(decisions_key(DAY, "a"), b'{"half": \n\nx\n', content_type="application/x-ndjson")
    put(store, "b", "y")
    list(compact(store, TODAY))

    assert gzip.decompress(store.objects[packed_key(DAY)]).decode().splitlines()[:2] == ['{"half": ', "x"]
    assert names(store) == ["damaged", "damaged", "y"]


def test_a_damaged_compressed_file_is_told_and_nothing_is_deleted() -> None:
    store = FakeStore()
    put(store, "a", "x")
    list(compact(store, TODAY))
    store.objects[packed_key(DAY)] = store.objects[packed_key(DAY)][:40]
    late = put(store, "late", "y")

    with pytest.raises(StoreError, match=r"all\.jsonl\.gz is damaged; run `bowerbird repair`"):
        list(compact(store, TODAY))

    assert store.exists(late)
    log = DecisionLog(store)
    assert [each.candidate for each in log.read()][-1] == "y"
    assert log.unreadable == 1


class Interrupted(FakeStore):
    """Calls something at the n-th step: a write, a read or a deletion."""

    def __init__(self, at: int, call: Callable[["Interrupted"], None]) -> None:
        super().__init__()
        self._left, self._call = at, call
        self.armed = False

    def _step(self) -> None:
        if self.armed:
            self._left -= 1
            if self._left == 0:
                self.armed = False
                self._call(self)

    def get(self, key: str) -> bytes | None:
        self._step()
        return super().get(key)

    def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
        self._step()
        return super().replace(key, data, content_type=content_type, version=version)

    def delete(self, key: str) -> None:
        self._step()
        super().delete(key)

    def keys(self, prefix: str) -> Iterator[str]:
        self._step()
        return iter(list(super().keys(prefix)))


class KilledError(Exception):
    pass


def _die(_: Interrupted) -> None:
    raise KilledError


@pytest.mark.parametrize("step", range(1, 14))
def test_a_kill_at_any_step_loses_and_doubles_nothing(step: int) -> None:
    store = Interrupted(step, _die)
    for part in ("a", "b", "c"):
        put(store, part, f"{part}1", f"{part}2")
    before = list(each_line(store))
    store.armed = True
    died = False
    try:
        list(compact(store, TODAY))
    except KilledError:
        died = True
    store.armed = False

    assert died
    assert sorted(names(store)) == sorted(each.candidate for each in before if each)
    list(compact(store, TODAY))
    assert list(each_line(store)) == before
    assert list(store.keys("decisions/")) == [packed_key(DAY)]


@pytest.mark.parametrize("step", range(1, 14))
def test_a_post_that_is_redacted_meanwhile_stays_redacted(step: int) -> None:
    def redact(inside: Interrupted) -> None:
        list(redact_lines(inside, [DAY], {"b1"}))

    store = Interrupted(step, redact)
    for part in ("a", "b", "c"):
        put(store, part, f"{part}1", f"{part}2")
    store.armed = True
    list(compact(store, TODAY))

    assert not store.armed, "the redaction never came"
    found = {each.candidate: each for each in each_line(store) if each}
    assert len(found) == 6
    assert found["b1"] == redacted(decision("b1"))
    assert found["b2"] == decision("b2")


@pytest.mark.parametrize("step", range(1, 12))
def test_a_compaction_in_the_middle_of_a_redaction_hides_no_line_from_it(step: int) -> None:
    store = Interrupted(step, lambda inside: list(compact(inside, TODAY)) and None)
    for part in ("a", "b", "c"):
        put(store, part, f"{part}1", f"{part}2")
    store.armed = True
    assert "b1" in list(redact_lines(store, [DAY], {"b1"}))
    store.armed = False

    found = {each.candidate: each for each in each_line(store) if each}
    assert found["b1"] == redacted(decision("b1"))
    assert len(found) == 6


@pytest.mark.parametrize("step", range(1, 6))
def test_whoever_reads_meanwhile_misses_no_line(step: int) -> None:
    store = Interrupted(step, lambda inside: list(compact(inside, TODAY)) and None)
    for part in ("a", "b", "c"):
        put(store, part, f"{part}1", f"{part}2")
    store.armed = True

    assert sorted(names(store)) == ["a1", "a2", "b1", "b2", "c1", "c2"]
