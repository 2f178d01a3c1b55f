"""A file of our own that turns out damaged in the middle of a run ends it, whatever was going on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bowerbird.adapters.folder.disk import damaged
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import DamagedError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.reasons import Reason
from bowerbird.filter.consumer import Consumer
from bowerbird.host.counts import RunCounts
from bowerbird.host.host import EmbeddedHost
from tests.fakes import FakeLedger

DECISION = Decision(
    "c", keep=False, stage="novelty", reason=Reason.parse("low"), bundle="a@1", decided_at="2026-03-01T00Z"
)
BROKEN = damaged(Path("ledger.db"), "page 7 is garbage")
URLS = ("https://a.example/a.jpg",)
CANDIDATES = [Candidate(f"c{number}", URLS, Submission("s", "s")) for number in range(9)]


class Decides:
    """Brings every candidate to an end, but the fourth if it is `poor`."""

    def __init__(self, ledger: FakeLedger, *, poor: bool) -> None:
        self.ledger, self.poor = ledger, poor

    def decide(self, body: str, *, last_attempt: bool = False) -> Decision:
        del last_attempt
        if self.poor and '"c4"' in body:
            raise BROKEN
        return self.ledger.commit(replace(DECISION, candidate=body))


class Forgets(FakeLedger):
    """A ledger that is damaged where `decided` or `flush` looks."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def decided(self, candidate_id: str) -> Decision | None:
        if self.where == "decided" and candidate_id == "c4":
            raise BROKEN
        return super().decided(candidate_id)

    def flush(self) -> int:
        if self.where == "flush":
            raise BROKEN
        return super().flush()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SqliteQueue]:
    queue = SqliteQueue(tmp_path / "queue.db")
    yield queue
    queue.close()


@pytest.mark.parametrize(
    ("where", "every_s"),
    [("decide", None), ("decide", 0.01), ("decided", None), ("decided", 0.01), ("flush", None)],
)
def test_damage_ends_a_run_once_and_for_all_and_nothing_is_lost(
    where: str, every_s: float | None, queue: SqliteQueue
) -> None:
    ledger, tally = Forgets(where), RunCounts()
    consumer = Consumer(Decides(ledger, poor=where == "decide"), queue, 5, 0.01, on_fault=tally.fault)
    host = EmbeddedHost(queue, ledger, consumer, tally, downloads=2)
    with pytest.raises(DamagedError, match=r"ledger\.db: it is damaged \(page 7 is garbage\)"):
        host.run(lambda: iter(CANDIDATES), every_s=every_s)
    assert queue.depth().dead == 0
    if where == "decide":  # the crawl had handed it over: it is still there
        assert queue.depth().in_flight >= 1
