from __future__ import annotations

from datetime import UTC, datetime

from bowerbird.core.compaction import compact
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.keys import digest
from bowerbird.panel.keeps import A_PAGE, Keeps, mark
from tests.fakes import FakeStore
from tests.many_decisions import Many, decided, many


class Counting(FakeStore):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.read.append(key)
        return super().get(key)


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        self.now += 10
        return self.now


def keeps(store: FakeStore, at: str = "2026-03-02T12:00:00+00:00") -> Keeps:
    return Keeps(store, lambda: datetime.fromisoformat(at).astimezone(UTC), Ticks())


def add(store: FakeStore, part: str, *numbers: int, day: str = "2026-03-02") -> None:
    lines = [decided(number, "watermark", "kept", day) for number in numbers]
    store.put(decisions_key(day, part), log_file(lines), content_type="application/x-ndjson")


def test_all_kept_can_be_reached_page_by_page_the_newest_first() -> None:
    store = many(Many(40, 5, 5, 5), "2026-02-28")
    many(Many(20, 0, 0, 0), "2026-03-01", store)
    found, before = keeps(store), ""
    pages = []
    while page := found.newest(before):
        pages.append(page)
        before = mark(page[-1])
    assert [len(page) for page in pages] == [A_PAGE, A_PAGE, 12]
    marks = [mark(card) for page in pages for card in page]
    assert marks == sorted(marks, reverse=True)
    assert len(set(marks)) == 60
    shown = pages[0][0]
    assert found.card(digest(shown.candidate)) == shown
    assert found.card("0" * 64) is None


def test_what_is_kept_meanwhile_comes_and_no_file_is_read_twice() -> None:
    store = Counting()
    add(store, "a", 1, 2)
    found = keeps(store)
    assert [card.title for card in found.newest()] == ["Number 2 ", "Number 1 "] or len(found.newest()) == 2
    add(store, "b", 3)
    assert [card.title.split()[1] for card in found.newest()] == ["3", "2", "1"]
    assert sorted(store.read) == [decisions_key("2026-03-02", part) for part in "ab"]


def test_what_a_purge_rewrote_is_read_again_after_a_while() -> None:
    store = FakeStore()
    add(store, "a", 1)
    found = keeps(store)
    assert found.newest()
    add(store, "a")
    assert any(not found.newest() for _ in range(70))  # 700 s later


def test_a_compaction_takes_nothing_away_and_doubles_nothing() -> None:
    store = FakeStore()
    add(store, "a", 1, 2, day="2026-02-01")
    add(store, "b", 2, 3, day="2026-02-01")
    found = keeps(store)
    before = [mark(card) for card in found.newest()]
    assert len(before) == 3
    list(compact(store, datetime(2026, 3, 2, tzinfo=UTC).date()))
    assert [key for key in store.objects if key.startswith("decisions/")] == [
        "decisions/day=2026-02-01/all.jsonl.gz"
    ]
    assert [mark(card) for card in found.newest()] == before


def test_the_last_day_is_the_last_24_hours() -> None:
    store = FakeStore()
    lines = [decided(hour * 3600, "watermark", "kept", "2026-03-01") for hour in range(24)]
    lines += [decided(hour * 3600, "novelty", "novelty: below", "2026-03-02") for hour in range(12)]
    store.put(decisions_key("2026-03-01", "a"), log_file(lines[:24]), content_type="x")
    store.put(decisions_key("2026-03-02", "a"), log_file(lines[24:]), content_type="x")
    day = keeps(store).last_day()
    assert (day.seen, day.kept) == (24, 12)


def test_damaged_lines_stop_nobody() -> None:
    store = FakeStore()
    store.put(decisions_key("2026-03-02", "a"), b'{"cut\n[]\n\xff\n', content_type="x")
    store.put("decisions/day=2026-03-02/all.jsonl.gz", b"no gzip", content_type="x")
    add(store, "b", 1)
    assert len(keeps(store).newest()) == 1
    assert keeps(FakeStore()).newest() == []
