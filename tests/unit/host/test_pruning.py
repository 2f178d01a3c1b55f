"""What goes when a place holds too much, and what never does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bowerbird.core.errors import InvalidMessageError
from bowerbird.core.keys import image_key, sidecar_key, thumb_key, tombstone_key
from bowerbird.core.labels import Label, write_label
from bowerbird.filter.replaced import Replaced
from bowerbird.filter.survivors import Survivors
from bowerbird.host.pruning import plan, prune
from bowerbird.removal.bounds import Bounds
from tests.fakes import FakeLedger, FakeStore

NOW = datetime(2026, 11, 26, tzinfo=UTC)


class Home:
    """A place whose pictures are of 100 bytes each."""

    def __init__(self) -> None:
        self.store = FakeStore()

    def keep(self, name: str, *, days: int = 0, percentile: float | None = 50.0, **more: Any) -> str:
        key = image_key(name.encode().hex().ljust(64, "0"), "JPEG")
        decision = {
            "candidate": name,
            "image": key,
            "decided_at": (NOW - timedelta(days=days)).isoformat(),
            "facts": {"bytes": 100, "novelty_percentile": percentile},
            "submission": {"id": name, "source": "test"},
        }
        self.store.put(key, bytes(100), content_type="image/jpeg")
        self.store.put(thumb_key(name), b"small", content_type="image/jpeg")
        sidecar = json.dumps({"decision": decision} | more)
        self.store.put(sidecar_key(key), sidecar.encode(), content_type="application/json")
        return key

    def label(self, name: str, *, keep: bool) -> None:
        write_label(self.store, Label(name, keep, "2026-01-01T00:00:00.000Z", "label"))

    def gone(self, **bounds: float) -> dict[str, str]:
        found = plan(self.store, Bounds(**bounds), NOW)  # type: ignore[arg-type]
        return {each.kept.candidate: why for each, why in found.gone}


@pytest.fixture
def home() -> Home:
    return Home()


def test_what_is_too_old_or_too_low_goes(home: Home) -> None:
    home.keep("old", days=31)
    home.keep("new", days=29)
    home.keep("low", percentile=19.9)
    home.keep("unknown", percentile=None)
    assert home.gone(max_days=30, min_percentile=20) == {"old": "too old", "low": "too low"}


def test_over_the_size_rejects_go_first_then_the_least_liked_then_the_oldest(home: Home) -> None:
    for name, percentile, days in (("a", 90, 1), ("b", 10, 1), ("c", 10, 9), ("d", 99, 1)):
        home.keep(name, percentile=percentile, days=days)
    home.label("d", keep=False)
    assert list(home.gone(max_bytes=400)) == []
    assert list(home.gone(max_bytes=399)) == ["d"]
    assert list(home.gone(max_bytes=100)) == ["d", "c", "b"]


def test_what_was_replaced_counts_and_goes_first(home: Home) -> None:
    key = home.keep("old-copy")
    home.keep("better")
    Replaced(home.store).take(key, "images/be/tter.jpg", "larger")
    found = plan(home.store, Bounds(max_bytes=100), NOW)
    assert (found.bytes, [each.image for each in found.replaced], found.gone) == (200, [key], [])
    prune(home.store, found, NOW)
    assert plan(home.store, Bounds(max_bytes=100), NOW).bytes == 100


def test_what_you_labelled_keep_stays_whatever_the_bounds(home: Home) -> None:
    home.keep("loved", days=999, percentile=0)
    home.label("loved", keep=True)
    assert home.gone(max_days=1, min_percentile=99, max_bytes=1) == {}
    assert plan(home.store, Bounds(max_days=1), NOW).safe == 1


def test_what_waits_to_be_delivered_stays_until_it_is(home: Home) -> None:
    home.keep("waits", days=9, deliveries={"immich": {"claim": "x"}, "other": {"state": "imported"}})
    home.keep("done", days=9, deliveries={"immich": {"state": "imported"}})
    assert home.gone(max_days=1) == {"done": "too old"}


def test_what_goes_leaves_a_note_and_is_not_mined_again(home: Home) -> None:
    key = home.keep("old", days=9)
    prune(home.store, plan(home.store, Bounds(max_days=1), NOW), NOW)
    assert [each for each in home.store.objects if b"old".hex() in each] == []
    assert not home.store.exists(key)
    stone = json.loads(home.store.objects[tombstone_key("old")])
    assert stone["reason"] == "pruned: too old"
    assert Survivors(home.store, FakeLedger()).purged("old")


def test_what_a_model_learns_from_stays(home: Home) -> None:
    home.keep("no", percentile=1)
    home.keep("unlabelled", percentile=1)
    home.label("no", keep=False)
    prune(home.store, plan(home.store, Bounds(min_percentile=5), NOW), NOW)
    assert home.store.exists(thumb_key("no"))
    assert not home.store.exists(thumb_key("unlabelled"))


def test_without_the_labels_nothing_goes(home: Home) -> None:
    home.keep("old", days=9)
    home.store.put("labels/ab/x.json", b"{", content_type="application/json")
    with pytest.raises(InvalidMessageError, match=r"labels/ab/x\.json"):
        plan(home.store, Bounds(max_days=1), NOW)


def test_a_sidecar_without_a_size_is_measured(home: Home) -> None:
    key = home.keep("a")
    told = json.loads(home.store.objects[sidecar_key(key)])
    del told["decision"]["facts"]["bytes"]
    home.store.objects[sidecar_key(key)] = json.dumps(told).encode()
    assert plan(home.store, Bounds(max_bytes=1), NOW).bytes == 100
