from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, decode_decision, encode_decision
from bowerbird.core.keys import digest, image_key, sidecar_key, tombstone_key
from bowerbird.core.messages import Submission
from bowerbird.core.post import Removals
from bowerbird.core.reasons import Reason, Word
from bowerbird.core.stream_sample import Look, StreamSample, read_sample
from bowerbird.removal.told import purge_removed
from tests.fakes import FakeLedger, FakeStore

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DID = "did:plc:z72i7hdynmk6r22z27h6tvur"


class CountingStore(FakeStore):
    """One that knows which sidecars were read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def get(self, key: str) -> bytes | None:
        if key.startswith("images/"):
            self.read.append(key)
        return super().get(key)


def keep(store: FakeStore, number: int, *, source: str = "bluesky", author: str = DID) -> str:
    """A kept picture with its sidecar and its line; gives the post."""
    post = f"at://{author}/app.bsky.feed.post/k{number}"
    image = image_key(digest(str(number)), "JPEG")
    submission: dict[str, Any] = {"source": source, "id": post, "author": author, "title": f"Title {number}"}
    at = "2026-11-26T10:00:00.000Z"
    decision = Decision(
        f"{post}/x",
        keep=True,
        stage="all",
        reason=Reason(Word.KEPT),
        bundle="lite",
        decided_at=at,
        submission=submission,
        image=image,
    )
    line = encode_decision(decision)
    store.put(image, b"picture", content_type="image/jpeg")
    store.put(sidecar_key(image), b'{"decision": %s}' % line.encode(), content_type="application/json")
    store.put(decisions_key("2026-11-26", f"p{number}"), line.encode() + b"\n", content_type="x")
    return post


def images(store: FakeStore) -> list[str]:
    return [key for key in store.keys("images/") if key.endswith(".jpg")]


@pytest.mark.parametrize("by_author", [False, True])
def test_what_is_told_to_be_gone_is_purged_with_all_that_was_said_of_it(by_author: bool) -> None:
    store = FakeStore()
    gone, other = keep(store, 1), keep(store, 2, author="did:plc:" + "b" * 24)
    removals = Removals({}, {DID: "takendown"}) if by_author else Removals({gone: "deleted"}, {})
    word = "takendown" if by_author else "deleted"
    assert purge_removed(store, "bluesky", removals, now=NOW, ledger=FakeLedger()) == {word: 1}
    assert images(store) == [image_key(digest("2"), "JPEG")]
    stone = json.loads(store.get(tombstone_key(f"{gone}/x")) or b"")
    assert (stone["reason"], stone["submission"]) == (word, gone)
    lines = [decode_decision((store.get(key) or b"").decode()) for key in store.keys("decisions/")]
    assert [line.submission.get("title") for line in lines] == [None, "Title 2"]
    assert purge_removed(store, "bluesky", removals, now=NOW) == {}
    assert store.get(tombstone_key(f"{other}/x")) is None


def test_another_sources_post_is_not_its_to_take_back() -> None:
    store = FakeStore()
    post = keep(store, 1, source="replay")
    assert purge_removed(store, "bluesky", Removals({post: "deleted"}, {DID: "deleted"}), now=NOW) == {}
    assert len(images(store)) == 1


def test_a_sidecar_is_read_once() -> None:
    store = CountingStore()
    for number in range(4):
        keep(store, number, source="bluesky" if number % 2 else "reddit")
    nothing = Removals({"at://x": "deleted"}, {})
    purge_removed(store, "bluesky", nothing, now=NOW)
    assert len(store.read) == 4
    store.read.clear()
    keep(store, 7)
    purge_removed(store, "bluesky", nothing, now=NOW)
    assert store.read == [sidecar_key(image_key(digest("7"), "JPEG"))]


def test_where_nothing_is_gone_nothing_is_listed() -> None:
    class Untouchable(FakeStore):
        def keys(self, prefix: str) -> Any:
            raise AssertionError(prefix)

    assert purge_removed(Untouchable(), "bluesky", Removals({}, {}), now=NOW) == {}


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"posts": 5}', b'{"posts": {}, "others": 5}'])
def test_a_broken_memory_is_made_anew(broken: bytes) -> None:
    store = FakeStore()
    post = keep(store, 1)
    purge_removed(store, "bluesky", Removals({"at://x": "deleted"}, {}), now=NOW)
    (key,) = store.keys("cursors/")
    store.put(key, broken, content_type="application/json")
    assert purge_removed(store, "bluesky", Removals({post: "deleted"}, {}), now=NOW) == {"deleted": 1}


def test_what_is_no_sidecar_is_left_alone() -> None:
    store = FakeStore()
    store.put("images/ab/notes.json", b"hello", content_type="application/json")
    assert purge_removed(store, "bluesky", Removals({"at://x": "deleted"}, {}), now=NOW) == {}
    assert store.get("images/ab/notes.json") == b"hello"


def test_what_the_encoder_saw_of_a_removed_post_is_forgotten_kept_or_not() -> None:
    store = FakeStore()
    sample = StreamSample(store, "lite")
    for number, author in enumerate((DID, DID, "did:plc:" + "b" * 24)):
        told = Submission("bluesky", f"at://{author}/app.bsky.feed.post/k{number}", author=author)
        look = Look(
            f"{told.id}/x",
            told.source,
            told.id,
            "2026-11-26",
            "lite@1",
            0.1,
            kept=False,
            of="preview",
            numbers=b"12",
        )
        assert sample.offer(look, told)
    purge_removed(store, "bluesky", Removals({f"at://{DID}/app.bsky.feed.post/k0": "deleted"}, {}), now=NOW)
    assert {each.submission[-2:] for each in read_sample(store, "lite")} == {"k1", "k2"}
    purge_removed(store, "bluesky", Removals({}, {DID: "takendown"}), now=NOW)
    assert {each.submission[-2:] for each in read_sample(store, "lite")} == {"k2"}
