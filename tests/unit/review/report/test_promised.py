"""A promise is held against what came since."""

from __future__ import annotations

from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.main import main
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.decisions import Decision
from bowerbird.core.labels import Label, write_label
from bowerbird.core.ports import ObjectStore
from bowerbird.core.promises import Promise, Range, write_promise
from bowerbird.core.reasons import Reason, Word
from bowerbird.review.report.promised import what_came
from tests.fakes import FakeStore

PROMISE = Promise(
    bundle="mine@1.0.1",
    made_at="2026-11-01T20:00:00+00:00",
    a_day=Range(9.0, 12.0, 16.0),
    unwanted=Range(0.2, 0.3, 0.45),
    good=Range(0.01, 0.03, 0.05),
    basis="1,000 pictures of the stream",
)


def keeps(store: ObjectStore, day: str, count: int, bundle: str = "mine@1.0.1") -> None:
    kept = [
        Decision(
            f"{bundle}-{day}-{number}",
            keep=number < count,
            stage="watermark",
            reason=Reason(Word.KEPT),
            bundle=bundle,
            decided_at=f"{day}T12:00:00.000Z",
        )
        for number in range(count + 5)
    ]
    store.put(decisions_key(day, bundle), log_file(kept), content_type="x")


def labels(store: ObjectStore, day: str, count: int, *, turned_down: int) -> None:
    for number in range(count):
        name = f"mine@1.0.1-{day}-{number}"
        write_label(store, Label(name, number >= turned_down, "2026-11-05T00:00:00Z", "label"))


def told(store: ObjectStore) -> str:
    (came,) = what_came(store)
    promised, since = came.lines
    assert promised == f"mine@1.0.1 promised {PROMISE}"
    return since


def test_what_came_is_counted_from_the_promise_on_and_by_its_bundle() -> None:
    store = FakeStore()
    write_promise(store, PROMISE)
    keeps(store, "2026-11-01", 50)  # noon: before the promise was made
    keeps(store, "2026-11-02", 10)
    keeps(store, "2026-11-03", 14)
    keeps(store, "2026-11-03", 99, bundle="lite@1.5.1")
    assert told(store).startswith(
        "since then mine@1.0.1 kept 12 a day on 2 days; none of them is labelled yet"
    )


def test_more_or_fewer_than_promised_is_said() -> None:
    store = FakeStore()
    write_promise(store, PROMISE)
    keeps(store, "2026-11-02", 60)
    assert "kept 60 a day on 1 day, which is not what it promised" in told(store)


@pytest.mark.parametrize(
    ("count", "turned_down", "expected"),
    [
        (40, 13, "of 40 that you labelled you turned down 32 % (20 to 48 %), as promised"),
        (40, 32, "turned down 80 % (65 to 90 %), more than promised: run `train --stream` again"),
        (40, 1, "fewer than promised"),
        (4, 4, "of 4 that you labelled you turned down 100 % (51 to 100 %), too few to judge by"),
    ],
)
def test_labels_are_held_against_the_share(count: int, turned_down: int, expected: str) -> None:
    store = FakeStore()
    write_promise(store, PROMISE)
    keeps(store, "2026-11-02", 40)
    labels(store, "2026-11-02", count, turned_down=turned_down)
    assert expected in told(store)


def test_a_bundle_that_judged_nothing_since_is_not_told() -> None:
    store = FakeStore()
    write_promise(store, PROMISE)
    keeps(store, "2026-10-31", 10)
    assert what_came(store) == []


def test_the_command_and_the_page_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = FolderStore(tmp_path)
    write_promise(store, PROMISE)
    keeps(store, "2026-11-02", 12)
    assert main(["report", str(tmp_path)]) == 0
    assert f"promised {PROMISE}" in " ".join(capsys.readouterr().out.split())
    assert f"<p>mine@1.0.1 promised {PROMISE}</p>" in (tmp_path / "report.html").read_text()
