"""Compaction on every object store, with the ledger that writes its lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.core.compaction import compact
from bowerbird.core.decision_log import each_line, packed_key
from bowerbird.core.decisions import Decision
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.reasons import Reason, Word
from bowerbird.removal.redaction import redact_lines
from tests.contract.servers import CLOUDS

DAY = "2026-11-20"
TODAY = date(2026, 11, 26)


@pytest.fixture(params=["embedded", *CLOUDS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[ObjectStore, Ledger]:
    if request.param == "embedded":
        store = FolderStore(tmp_path)
        return store, SqliteLedger(tmp_path / "ledger.db", store)
    cloud = request.getfixturevalue(request.param)
    bucket = S3Store(cloud.client("s3"), cloud.bucket(), "some/prefix")
    return bucket, DynamoLedger(cloud.client("dynamodb"), cloud.table(), bucket)


def decision(name: str) -> Decision:
    return Decision(
        name, keep=False, stage="novelty", reason=Reason(Word.NOVELTY, "-3.20 < -1.80"), bundle="lite@1",
        decided_at=f"{DAY}T10:00:00.000Z", submission={"source": "reddit", "id": name, "title": "My garden"},
    )  # fmt: skip


def test_a_compact_day_is_read_redacted_and_written_to_no_more(place: tuple[ObjectStore, Ledger]) -> None:
    store, ledger = place
    for batch in (("a", "b"), ("c",)):
        for name in batch:
            ledger.commit(decision(name))
        ledger.flush()

    (made,) = compact(store, TODAY)

    assert (made.day, made.files) == (DAY, 2)
    assert list(store.keys("decisions/")) == [packed_key(DAY)]
    assert ledger.decided("c") == decision("c")
    assert ledger.flush() == 0, "the line was written once more"
    assert list(store.keys("decisions/")) == [packed_key(DAY)]
    assert list(redact_lines(store, [DAY], {"b"})) == ["b"]
    titles = {each.candidate: each.submission.get("title") for each in each_line(store) if each}
    assert titles == {"a": "My garden", "b": None, "c": "My garden"}
