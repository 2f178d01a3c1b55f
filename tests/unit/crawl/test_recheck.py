"""What is removed at its source is purged here, and nothing else is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from bowerbird.errors import SourceBlockedError
from bowerbird.keys import image_key, sidecar_key, thumb_key, tombstone_key
from bowerbird.messages import Submission
from bowerbird.ports import ObjectStore
from functions.crawl.post import Post
from functions.crawl.recheck import Recheck, recheck
from infra.local.commands.recheck import summary
from tests.fakes import FakeStore

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def post(name: str, removed: str | None = None) -> Post:
    return Post(Submission("reddit", name), link="https://i.redd.it/a.jpg", removed=removed)


@dataclass
class FakeLookup:
    """Answers for the posts it has; `fails` after so many requests."""

    known: Sequence[Post] = ()
    asked: list[list[str]] = field(default_factory=list)
    fails: int | None = None

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        if self.fails is not None and len(self.asked) >= self.fails:
            raise SourceBlockedError("403")
        self.asked.append(list(ids))
        yield from (each for each in self.known if each.submission.id in ids)


def keep(
    store: ObjectStore, submission: str, number: int = 0, at: str = "2026-03-03T10:00:00.000Z"
) -> list[str]:
    """Store a survivor; returns the keys of its image, sidecar and thumbnail."""
    candidate = f"{submission}/{number}"
    image = image_key(f"{number:02}" + submission.encode().hex().ljust(62, "0")[:62], "JPEG")
    decision = {
        "candidate": candidate,
        "decided_at": at,
        "image": image,
        "submission": {"source": "reddit", "id": submission},
    }
    store.put(image, b"jpeg", content_type="image/jpeg")
    store.put(
        sidecar_key(image), json.dumps({"decision": decision}).encode(), content_type="application/json"
    )
    store.put(thumb_key(candidate), b"jpeg", content_type="image/jpeg")
    return [image, sidecar_key(image), thumb_key(candidate)]


def test_what_is_removed_goes_and_a_tombstone_stays() -> None:
    store = FakeStore()
    here, gone, away = keep(store, "t3_here"), keep(store, "t3_gone"), keep(store, "t3_away")
    source = FakeLookup([post("t3_here"), post("t3_gone", "deleted")])
    assert recheck(store, source, now=NOW) == Recheck(shown=1, purged={"deleted": 1, "missing": 1})
    assert source.asked == [["t3_away", "t3_gone", "t3_here"]]
    assert all(store.exists(key) for key in here)
    assert not any(store.exists(key) for key in gone + away)
    assert json.loads(store.get(tombstone_key("t3_gone/0")) or b"") == {
        "candidate": "t3_gone/0",
        "submission": "t3_gone",
        "reason": "deleted",
        "purged_at": "2026-03-03T12:00:00+00:00",
    }


def test_all_pictures_of_a_gallery_go_together() -> None:
    store = FakeStore()
    keys = keep(store, "t3_g", 1) + keep(store, "t3_g", 2)
    result = recheck(store, FakeLookup([post("t3_g", "moderator")]), now=NOW)
    assert result == Recheck(purged={"moderator": 2})
    assert not any(store.exists(key) for key in keys)


def test_an_answer_without_any_post_proves_nothing() -> None:
    store = FakeStore()
    keys = keep(store, "t3_a")
    assert recheck(store, FakeLookup(), now=NOW) == Recheck(unanswered=1)
    assert all(store.exists(key) for key in keys)


def test_a_dry_run_only_tells() -> None:
    store = FakeStore()
    keys = keep(store, "t3_a")
    result = recheck(store, FakeLookup([post("t3_a", "deleted")]), now=NOW, dry_run=True)
    assert result == Recheck(purged={"deleted": 1})
    assert all(store.exists(key) for key in keys)
    assert not store.exists(tombstone_key("t3_a/0"))


def test_only_what_was_kept_recently() -> None:
    store = FakeStore()
    keep(store, "t3_old", at="2026-03-01T11:59:59.999Z")
    keep(store, "t3_new", at="2026-03-01T12:00:00.001Z")
    source = FakeLookup([post("t3_new")])
    since = NOW.replace(day=1)
    assert recheck(store, source, now=NOW, since=since) == Recheck(shown=1)
    assert source.asked == [["t3_new"]]


def test_other_sources_posts_are_counted_and_not_asked_for() -> None:
    store = FakeStore()
    keep(store, "M123")
    source = FakeLookup()
    assert recheck(store, source, now=NOW) == Recheck(not_asked=1)
    assert source.asked == []


def test_a_hundred_a_request_and_a_block_is_an_error_not_a_purge() -> None:
    store = FakeStore()
    for number in range(150):
        keep(store, f"t3_{number:03}")
    source = FakeLookup([post(f"t3_{number:03}") for number in range(150)], fails=1)
    with pytest.raises(SourceBlockedError):
        recheck(store, source, now=NOW)
    assert [len(ids) for ids in source.asked] == [100]
    assert sum(key.startswith("images/") for key in store.keys("")) == 300


def test_a_purge_that_broke_off_is_done_again() -> None:
    store = FakeStore()
    image, sidecar, thumb = keep(store, "t3_a")
    store.delete(image)
    assert recheck(store, FakeLookup([post("t3_a", "deleted")]), now=NOW).purged == {"deleted": 1}
    assert not store.exists(sidecar)
    assert not store.exists(thumb)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"decision": 3}', b'{"decision": {"candidate": "x"}}', b"\xff"]
)
def test_a_damaged_sidecar_is_named_and_left_alone(data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = FakeStore()
    store.put("images/aa/aa.json", data, content_type="application/json")
    with caplog.at_level(logging.WARNING):
        assert recheck(store, FakeLookup(), now=NOW) == Recheck()
    assert "images/aa/aa.json: not rechecked" in caplog.text


def test_one_line_says_it_all() -> None:
    result = Recheck(5, 2, 1, {"missing": 1, "deleted": 3})
    assert summary(result, dry_run=False) == (
        "5 still shown, 4 purged (3 deleted, 1 missing), 2 without an answer, 1 from sources that take no ids"
    )
    assert (
        summary(Recheck(5, purged={"deleted": 1}), dry_run=True)
        == "5 still shown, 1 would be purged (1 deleted)"
    )
