"""Replaced pictures wait, come back, and go when their time is over."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bowerbird.core.keys import image_key, replaced_key, sidecar_key
from bowerbird.filter.replaced import Replaced, Waiting
from tests.fakes import FakeStore

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
KEY, BETTER = image_key("a" * 64, "JPEG"), image_key("b" * 64, "JPEG")


def told(store: FakeStore) -> dict[str, object]:
    sidecar: dict[str, object] = json.loads(store.objects[sidecar_key(KEY)])
    return sidecar


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    sidecar = {
        "decision": {"candidate": "c", "facts": {"bytes": 4}},
        "deliveries": {
            "https://one": {"state": "imported", "ids": [7]},
            "https://two": {"state": "skipped", "detail": "gone: the picture was removed"},
        },
    }
    store.objects |= {KEY: b"jpeg", sidecar_key(KEY): json.dumps(sidecar).encode()}
    return store


def at(store: FakeStore, when: datetime = NOW) -> Replaced:
    return Replaced(store, lambda: when)


def test_what_is_taken_waits_with_the_reason_and_comes_back_byte_for_byte(store: FakeStore) -> None:
    assert at(store).take(KEY, BETTER, "larger")
    assert at(store).take(KEY, BETTER, "larger")
    assert KEY not in store.objects
    assert store.objects[replaced_key(KEY)] == b"jpeg"
    assert list(at(store).waiting()) == [Waiting(KEY, 4, BETTER, "larger", NOW)]
    assert at(store).restore(KEY) == b"jpeg"
    assert at(store).restore(KEY) == b"jpeg"
    assert store.objects[KEY] == b"jpeg"
    assert replaced_key(KEY) not in store.objects
    assert told(store)["restored"] == {"at": NOW.isoformat(), "from": BETTER}
    assert "replaced_by" not in told(store)


def test_a_delivery_that_found_it_gone_is_made_again_and_no_other(store: FakeStore) -> None:
    at(store).take(KEY, BETTER, "larger")
    at(store).restore(KEY)
    assert told(store)["deliveries"] == {"https://one": {"state": "imported", "ids": [7]}}


def test_what_was_brought_back_is_not_taken_again(store: FakeStore) -> None:
    at(store).take(KEY, BETTER, "larger")
    at(store).restore(KEY)
    assert not at(store).take(KEY, BETTER, "larger")
    assert store.objects[KEY] == b"jpeg"


def test_it_goes_after_its_days_and_not_before(store: FakeStore) -> None:
    at(store).take(KEY, BETTER, "larger")
    assert at(store, NOW + timedelta(days=30)).expire(30) == 0
    assert at(store, NOW + timedelta(days=30, seconds=1)).expire(30) == 1
    assert replaced_key(KEY) not in store.objects
    assert told(store)["replaced_gone_at"] == "2026-04-02T12:00:01+00:00"
    assert at(store).restore(KEY) is None


def test_time_starts_when_it_was_taken_first(store: FakeStore) -> None:
    at(store).take(KEY, BETTER, "larger")
    at(store, NOW + timedelta(days=5)).take(KEY, BETTER, "larger")
    assert [each.since for each in at(store).waiting()] == [NOW]


@pytest.mark.parametrize("sidecar", [None, b"{", b"[]"])
def test_without_a_sidecar_nothing_is_taken_and_nothing_goes(store: FakeStore, sidecar: bytes | None) -> None:
    store.objects |= {replaced_key(KEY): b"old"} | ({} if sidecar is None else {sidecar_key(KEY): sidecar})
    if sidecar is None:
        del store.objects[sidecar_key(KEY)]
    assert not at(store).take(KEY, BETTER, "larger")
    assert at(store, NOW + timedelta(days=999)).expire(1) == 0
    assert store.objects[KEY] == b"jpeg"
    assert store.objects[replaced_key(KEY)] == b"old"


class Purging(FakeStore):
    """A recheck removes the picture while it is being copied."""

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        self.objects.pop(sidecar_key(KEY), None)
        return super().put(key, data, content_type=content_type, if_absent=if_absent)


@pytest.mark.parametrize("move", ["take", "restore"])
def test_what_a_recheck_removes_in_the_meantime_is_gone_in_both_places(store: FakeStore, move: str) -> None:
    if move == "restore":
        at(store).take(KEY, BETTER, "larger")
    purging = Purging()
    purging.objects = store.objects
    if move == "take":
        at(purging).take(KEY, BETTER, "larger")
    else:
        assert at(purging).restore(KEY) is None
    assert purging.objects == {}
