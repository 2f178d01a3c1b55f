"""Which small copies are forgotten, when, and which never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bowerbird.adapters.place import Place
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.keys import thumb_key
from bowerbird.core.labels import Label, write_label
from bowerbird.host.daily import Daily
from bowerbird.host.homes import Home
from bowerbird.host.small_copies import SmallCopies, forget, old_days
from tests.fakes import FakeStore
from tests.many_decisions import decided

TODAY = date(2026, 11, 26)
OLD, YOUNG = "2026-10-26", "2026-10-27"


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    for day in (OLD, YOUNG):
        lines = [
            decided(0, "watermark", "kept", day),
            *(decided(n, "novelty", "novelty: below", day) for n in (1, 2)),
        ]
        for line in lines:
            store.put(thumb_key(line.candidate), b"small", content_type="image/jpeg")
        store.put(decisions_key(day, "part"), log_file(lines), content_type="x")
    labelled = decided(2, "novelty", "novelty: below", OLD).candidate
    write_label(store, Label(labelled, keep=False, labelled_at=f"{OLD}T12:00:00.000Z", origin="label"))
    return store


def left(store: FakeStore, day: str) -> list[int]:
    lines = [
        decided(0, "watermark", "kept", day),
        *(decided(n, "novelty", "novelty: below", day) for n in (1, 2)),
    ]
    return [number for number, line in enumerate(lines) if store.exists(thumb_key(line.candidate))]


def test_rejects_of_old_days_go_and_labelled_and_kept_ones_stay(store: FakeStore, tmp_path: Path) -> None:
    some = old_days(tmp_path, store, 30, TODAY)
    assert (some, forget(tmp_path, store, some)) == ([OLD], 1)
    assert (left(store, OLD), left(store, YOUNG)) == ([0, 2], [0, 1, 2])
    assert store.exists(decisions_key(OLD, "part"))


def test_a_day_that_was_seen_to_is_not_read_again(store: FakeStore, tmp_path: Path) -> None:
    forget(tmp_path, store, old_days(tmp_path, store, 30, TODAY))
    assert old_days(tmp_path, store, 30, TODAY) == []
    assert old_days(tmp_path, store, 30, TODAY + timedelta(days=1)) == [YOUNG]


def test_it_is_done_once_a_day(store: FakeStore, tmp_path: Path) -> None:
    @dataclass
    class Clock:
        now: datetime

    @dataclass
    class AHome:
        place: Place

    clock = Clock(datetime(2026, 11, 26, 1, tzinfo=UTC))
    home = cast("Home", AHome(Place("a place", store, tmp_path)))
    chore = SmallCopies(home, 30, Daily(lambda: clock.now))
    chore()
    assert left(store, OLD) == [0, 2]
    gone = thumb_key(decided(1, "novelty", "novelty: below", YOUNG).candidate)
    for hours in (23, 25):
        clock.now = datetime(2026, 11, 26, 1, tzinfo=UTC) + timedelta(hours=hours)
        chore()
        assert store.exists(gone) is (clock.now.date() == TODAY), hours
