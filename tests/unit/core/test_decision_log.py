"""The decision log: what one writes the other reads, and damage is counted."""

import pytest

from bowerbird.core.decision_log import DecisionLog, days, decisions_key, log_file
from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason
from tests.fakes import FakeStore


def decision(name: str, day: str = "2026-03-01", reason: str = "novelty: -3 is below -2") -> Decision:
    return Decision(
        name, keep=False, stage="novelty", reason=Reason.parse(reason), bundle="a@1",
        decided_at=f"{day}T00:00:00Z",
    )  # fmt: skip


def store_of(**files: bytes) -> FakeStore:
    store = FakeStore()
    for day, data in files.items():
        store.put(decisions_key(f"2026-03-{day[1:]}", "part"), data, content_type="x")
    return store


def test_what_was_written_is_read_in_its_order_and_by_day() -> None:
    first, second = decision("a"), decision("b", "2026-03-02", "gone: line\u2028separator")
    store = store_of(d01=log_file([first]), d02=log_file([second]))
    store.put("decisions/day=2026-03-03/notes.txt", b"not ours", content_type="x")
    assert list(DecisionLog(store).read()) == [first, second]
    assert list(DecisionLog(store).read("2026-03-02")) == [second]
    assert days(store) == {"2026-03-01", "2026-03-02"}


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"null", b'"text"', b'{"candidate": "c"}', b"\xff\xfe", b"[" * 100_000,
        log_file([decision("c")]).replace(b'"stage":"novelty"', b'"stage":5').strip(),
        log_file([decision("c")]).replace(b'"scores":{}', b'"scores":[]').strip(),
    ],
)  # fmt: skip
def test_a_damaged_line_costs_itself_only_and_is_counted(line: bytes) -> None:
    log = DecisionLog(store_of(d01=log_file([decision("a")]) + line + b"\n\n" + log_file([decision("b")])))
    assert [each.candidate for each in log.read()] == ["a", "b"]
    assert log.unreadable == 1
