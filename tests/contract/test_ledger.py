"""What every ledger promises."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.decisions import Decision, redacted
from bowerbird.core.errors import RetryableError
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.reasons import Reason
from tests.contract.servers import CLOUDS

SHA, OTHER_SHA = "a" * 64, "b" * 64


class FailingStore:
    """A store whose puts fail, before or after the object is there, while `fail` says so."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.fail: str | None = None

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        if self.fail == "before":
            raise RetryableError("the store is throttled")
        done = self._store.put(key, data, content_type=content_type, if_absent=if_absent)
        if self.fail == "after":
            raise RetryableError("the answer was lost")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Place:
    """Where ledgers are opened, as by several processes, and what they have written."""

    def __init__(self, store: ObjectStore, open_ledger: Callable[[ObjectStore], Ledger]) -> None:
        self.store = store
        self._open = open_ledger

    def ledger(self, store: ObjectStore | None = None) -> Ledger:
        return self._open(store or self.store)

    def lines(self) -> Counter[str]:
        """How many lines each candidate has."""
        return Counter(
            json.loads(line)["candidate"]
            for key in self.store.keys("decisions/")
            for line in (self.store.get(key) or b"").decode().split("\n")[:-1]
        )


@pytest.fixture(params=["sqlite", *CLOUDS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(
            FolderStore(tmp_path), lambda store: SqliteLedger(tmp_path / ".bowerbird" / "ledger.db", store)
        )
    cloud = request.getfixturevalue(request.param)
    table = cloud.table()
    return Place(
        S3Store(cloud.client("s3"), cloud.bucket()),
        lambda store: DynamoLedger(cloud.client("dynamodb"), table, store),
    )


def decision(
    candidate: str, *, keep: bool = False, reason: str = "novelty", day: str = "2026-11-22"
) -> Decision:
    return Decision(
        candidate=candidate,
        keep=keep,
        stage="novelty",
        reason=Reason.parse(reason),
        bundle="lite-1",
        decided_at=f"{day}T12:00:00+00:00",
        scores={"novelty": -1.5},
        submission={"title": "line\u2028separator \U0001f426"},
    )


def test_forgets_what_was_said_of_a_post_and_keeps_the_decision(place: Place) -> None:
    ledger = place.ledger()
    ledger.redact("a")
    assert ledger.decided("a") is None
    ledger.claim(SHA, "a")
    made = ledger.commit(decision("a", keep=True))
    ledger.redact("a")
    assert ledger.decided("a") == redacted(made) != made
    assert ledger.owner(SHA) == "a"
    assert ledger.commit(decision("a")) == redacted(made)


def test_knows_nothing_of_a_new_candidate(place: Place) -> None:
    ledger = place.ledger()
    assert ledger.decided("a") is None
    assert ledger.claimed_by("a") is None
    assert ledger.owner(SHA) is None
    assert ledger.flush() == 0


def test_remembers_a_decision(place: Place) -> None:
    assert place.ledger().commit(decision("a")) == decision("a")
    assert place.ledger().decided("a") == decision("a")


def test_the_first_decision_stands(place: Place) -> None:
    place.ledger().commit(decision("a", reason="first"))
    assert place.ledger().commit(decision("a", keep=True, reason="second")) == decision("a", reason="first")


def test_of_racing_decisions_one_stands(place: Place) -> None:
    ledgers = [place.ledger() for _ in range(6)]

    def commit(n: int) -> str:
        return ledgers[n].commit(decision("a", reason=str(n))).reason.word

    with ThreadPoolExecutor(6) as pool:
        stood = set(pool.map(commit, range(6)))
    assert len(stood) == 1
    for ledger in ledgers:
        ledger.flush()
    assert place.lines() == {"a": 1}


def test_the_first_claim_stands(place: Place) -> None:
    ledger = place.ledger()
    assert ledger.claim(SHA, "a") == "a"
    assert ledger.claim(SHA, "b") == "a"
    assert ledger.claim(SHA, "a") == "a"
    assert ledger.owner(SHA) == "a"
    assert (ledger.claimed_by("a"), ledger.claimed_by("b")) == (SHA, None)


def test_of_racing_claims_one_stands(place: Place) -> None:
    ledgers = [place.ledger() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        owners = set(pool.map(lambda n: ledgers[n].claim(SHA, f"candidate-{n}"), range(6)))
    assert owners == {place.ledger().owner(SHA)}


def test_a_rejection_frees_its_claims(place: Place) -> None:
    ledger = place.ledger()
    ledger.claim(SHA, "a")
    ledger.claim(OTHER_SHA, "a")
    place.ledger().commit(decision("a"))
    assert (ledger.owner(SHA), ledger.owner(OTHER_SHA), ledger.claimed_by("a")) == (None, None, None)
    assert ledger.claim(SHA, "b") == "b"


def test_a_rejection_frees_no_claim_of_others(place: Place) -> None:
    ledger = place.ledger()
    ledger.claim(SHA, "a")
    ledger.claim(SHA, "b")
    ledger.commit(decision("b"))
    assert ledger.owner(SHA) == "a"


def test_a_survivor_holds_its_claim(place: Place) -> None:
    ledger = place.ledger()
    ledger.claim(SHA, "a")
    ledger.commit(decision("a", keep=True))
    assert place.ledger().claim(SHA, "b") == "a"
    assert place.ledger().claimed_by("a") == SHA


def test_writes_each_decision_on_one_line(place: Place) -> None:
    ledger = place.ledger()
    for n in range(7):
        ledger.commit(decision(f"c{n}", day="2026-11-22" if n < 4 else "2026-11-23"))
    assert ledger.flush() == 7
    assert ledger.flush() == 0
    ledger.commit(decision("later"))
    assert ledger.flush() == 1
    assert place.lines() == dict.fromkeys(["c0", "c1", "c2", "c3", "c4", "c5", "c6", "later"], 1)
    assert len(list(place.store.keys("decisions/day=2026-11-23/"))) == 1


def test_a_second_delivery_adds_no_line(place: Place) -> None:
    first, second = place.ledger(), place.ledger()
    first.commit(decision("a"))
    first.flush()
    assert second.decided("a") is not None
    second.commit(decision("a", reason="second"))
    assert second.flush() == 0
    assert place.lines() == {"a": 1}


def test_a_crash_before_the_lines_loses_none(place: Place) -> None:
    place.ledger().commit(decision("a"))
    after = place.ledger()
    assert after.decided("a") == decision("a")
    after.commit(decision("b"))
    assert after.flush() == 2
    assert place.lines() == {"a": 1, "b": 1}


def test_a_writer_thought_dead_doubles_no_line(place: Place) -> None:
    late, other = place.ledger(), place.ledger()
    for candidate in "abc":
        late.commit(decision(candidate))
    other.decided("a")
    other.flush()
    late.flush()
    again = place.ledger()
    for candidate in "abc":
        again.decided(candidate)
    assert again.flush() == 0
    assert place.lines() == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("fail", ["before", "after"])
def test_a_store_that_fails_loses_and_doubles_no_line(place: Place, fail: str) -> None:
    store = FailingStore(place.store)
    ledger = place.ledger(store)
    for candidate in "abc":
        ledger.commit(decision(candidate))
    store.fail = fail
    with pytest.raises(RetryableError):
        ledger.flush()
    store.fail = None
    # In a function the batch is delivered again, to another process, while the first may go on.
    other = place.ledger()
    for candidate in "abc":
        other.decided(candidate)
    other.flush()
    ledger.flush()
    assert place.lines() == {"a": 1, "b": 1, "c": 1}
