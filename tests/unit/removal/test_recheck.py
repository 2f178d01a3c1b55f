"""What is removed at its source is purged here, and nothing else is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.place import open_place
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.cli.recheck import summary
from bowerbird.core.decisions import Decision, decode_decision, encode_decision, redacted
from bowerbird.core.errors import BowerbirdError, SourceBlockedError, SourceUnreachableError
from bowerbird.core.keys import image_key, replaced_key, sidecar_key, thumb_key, tombstone_key
from bowerbird.core.messages import Submission
from bowerbird.core.ports import ObjectStore
from bowerbird.core.post import Lookup, Post
from bowerbird.core.reasons import Reason
from bowerbird.core.stream_sample import Look, StreamSample, read_sample
from bowerbird.crawl.sources import open_source
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.host.state_files import LEDGER
from bowerbird.host.wiring import recheck_ledger
from bowerbird.removal.recheck import Recheck, recheck
from tests.fakes import FakeStore
from tests.unit.crawl.fakes import NoNetwork

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def post(name: str, removed: str | None = None) -> Post:
    return Post(Submission("reddit", name), link="https://i.redd.it/a.jpg", removed=removed)


@dataclass
class FakeLookup:
    """Answers for the posts it has; `fails` after so many requests."""

    known: Sequence[Post] = ()
    authoritative: bool = True
    asked: list[list[str]] = field(default_factory=list)
    fails: int | None = None
    why: BowerbirdError = field(default_factory=lambda: SourceBlockedError("403"))

    def finds(self, source: str, submission: str) -> bool:
        return source == "reddit" and submission.startswith("t3_")

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        if self.fails is not None and len(self.asked) >= self.fails:
            raise self.why
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
    asked = list[tuple[int, int]]()
    result = recheck(store, source, now=NOW, on_asked=lambda done, of: asked.append((done, of)))
    assert result == Recheck(shown=1, purged={"deleted": 1, "missing": 1})
    assert asked == [(3, 3)]
    assert source.asked == [["t3_away", "t3_gone", "t3_here"]]
    assert all(store.exists(key) for key in here)
    assert not any(store.exists(key) for key in gone + away)
    assert json.loads(store.get(tombstone_key("t3_gone/0")) or b"") == {
        "candidate": "t3_gone/0",
        "submission": "t3_gone",
        "reason": "deleted",
        "purged_at": "2026-03-03T12:00:00+00:00",
    }


def test_what_a_better_copy_replaced_goes_too() -> None:
    store = FakeStore()
    image, *_ = keep(store, "t3_gone")
    store.put(replaced_key(image), store.objects.pop(image), content_type="image/jpeg")
    assert recheck(store, FakeLookup([post("t3_gone", "deleted")]), now=NOW).purged == {"deleted": 1}
    assert list(store.objects) == [tombstone_key("t3_gone/0")]


def test_all_pictures_of_a_gallery_go_together() -> None:
    store = FakeStore()
    keys = keep(store, "t3_g", 1) + keep(store, "t3_g", 2)
    result = recheck(store, FakeLookup([post("t3_g", "moderator")]), now=NOW)
    assert result == Recheck(purged={"moderator": 2})
    assert not any(store.exists(key) for key in keys)


@pytest.mark.parametrize("fields", [{"pending": 2}, {"moving": "animation"}, {"pending": 1, "final": True}])
def test_what_is_not_ready_or_moves_was_not_removed(fields: dict[str, Any]) -> None:
    store = FakeStore()
    keys = keep(store, "t3_g", 1)
    assert recheck(store, FakeLookup([replace(post("t3_g"), **fields)]), now=NOW) == Recheck(shown=1)
    assert all(store.exists(key) for key in keys)


def test_an_answer_without_any_post_proves_nothing() -> None:
    store = FakeStore()
    keys = keep(store, "t3_a")
    assert recheck(store, FakeLookup(), now=NOW) == Recheck(unanswered=1)
    assert all(store.exists(key) for key in keys)


def test_an_answer_that_cannot_be_read_proves_nothing() -> None:
    """Neither of the post it names, nor of one that is missing, which it may be."""
    store = FakeStore()
    keep(store, "t3_a")
    keep(store, "t3_b")
    broken = Post(Submission("reddit", "t3_a"), unreadable="ValueError")
    assert recheck(store, FakeLookup([broken]), now=NOW) == Recheck(unanswered=2)
    assert len(store.objects) > 0


def test_what_an_archive_leaves_out_is_not_gone() -> None:
    store = FakeStore()
    here, flagged, unknown = keep(store, "t3_here"), keep(store, "t3_flagged"), keep(store, "t3_unknown")
    archive = FakeLookup([post("t3_here"), post("t3_flagged", "deleted")], authoritative=False)
    assert recheck(store, archive, now=NOW) == Recheck(shown=1, unanswered=1, purged={"deleted": 1})
    assert all(store.exists(key) for key in here + unknown)
    assert not any(store.exists(key) for key in flagged)


def test_only_reddit_itself_is_believed_when_it_leaves_a_post_out() -> None:
    app = RedditApp("id", "secret", "linux:test:1 (by /u/nobody)")
    sources = {
        name: open_source(name, Context(fetcher=NoNetwork(), reddit=app))
        for name in ("reddit", "arctic-shift", "rss", "lemmy:lemmy.ml")
    }
    lookups = {name: source for name, source in sources.items() if isinstance(source, Lookup)}
    assert {name: source.authoritative for name, source in lookups.items()} == {
        "reddit": True,
        "arctic-shift": False,
        "lemmy:lemmy.ml": True,
    }
    named = [("rss", "t3_a"), ("lemmy:lemmy.ml", "7"), ("lemmy:lemmy.world", "7"), ("wikimedia", "M7")]
    found = {name: [each for each in named if source.finds(*each)] for name, source in lookups.items()}
    assert found == {
        "reddit": [("rss", "t3_a")],
        "arctic-shift": [("rss", "t3_a")],
        "lemmy:lemmy.ml": [("lemmy:lemmy.ml", "7")],
    }


def decided(candidate: str, submission: str, reason: str = "kept") -> Decision:
    told = {
        "source": "reddit",
        "id": submission,
        "title": "My garden",
        "author": "ann",
        "url": "https://x.example/a",
    }
    facts = {"host": "direct", "url": "https://x.example/a", "instead_of": ["gone: https://x.example/b"]}
    return Decision(
        candidate, reason == "kept", "watermark", Reason.parse(reason), "lite@1", "2026-03-03T10:00:00.000Z",
        facts=facts, submission=told,
    )  # fmt: skip


def test_what_was_said_of_a_purged_post_is_redacted(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    ledger = SqliteLedger(tmp_path / "ledger.db", store)
    mine = [decided("t3_g/0", "t3_g"), decided("t3_g/1", "t3_g", "gone: https://x.example/c answered 404")]
    other = decided("t3_o/0", "t3_o")
    for each in (*mine, other):
        ledger.commit(each)
    ledger.flush()
    keep(store, "t3_g")
    keep(store, "t3_o")
    source = FakeLookup([post("t3_g", "deleted"), post("t3_o")])
    assert recheck(store, source, now=NOW, dry_run=True).purged == {"deleted": 1}
    assert ledger.decided("t3_g/0") == mine[0]
    assert recheck(store, source, now=NOW, ledger=ledger).purged == {"deleted": 1}
    (key,) = store.keys("decisions/")
    lines = [decode_decision(line) for line in (store.get(key) or b"").decode().splitlines()]
    assert lines == [redacted(mine[0]), redacted(mine[1]), other]
    assert [ledger.decided(each.candidate) for each in lines] == lines
    assert lines[0].submission == {"source": "reddit", "id": "t3_g"}
    assert (lines[0].keep, lines[0].facts) == (True, {"host": "direct"})
    assert str(lines[1].reason) == "gone"
    ledger.close()


def test_lines_that_are_none_are_left_as_they_are() -> None:
    store = FakeStore()
    keep(store, "t3_g")
    data = b'{"half": \n' + encode_decision(decided("t3_g/0", "t3_g")).encode() + b"\n[]\n"
    store.put("decisions/day=2026-03-03/a.jsonl", data, content_type="application/x-ndjson")
    recheck(store, FakeLookup([post("t3_g", "deleted")]), now=NOW)
    lines = store.objects["decisions/day=2026-03-03/a.jsonl"].decode().split("\n")
    assert (lines[0], lines[2:]) == ('{"half": ', ["[]", ""])
    assert "My garden" not in lines[1]


def test_the_command_redacts_in_the_ledger_of_the_place(tmp_path: Path) -> None:
    with recheck_ledger(open_place(str(tmp_path)), None, None) as none:
        assert none is None
    place = open_place(str(tmp_path))
    made = SqliteLedger(place.state / LEDGER, place.store)
    made.commit(decided("t3_g/0", "t3_g"))
    made.close()
    with recheck_ledger(place, None, None) as ledger:
        assert ledger is not None
        ledger.redact("t3_g/0")
        assert isinstance(ledger, SqliteLedger)
        assert ledger.decided("t3_g/0") == redacted(decided("t3_g/0", "t3_g"))


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
        "5 still shown, 4 purged (3 deleted, 1 missing), 2 without an answer, 1 from other sources"
    )
    assert (
        summary(Recheck(5, purged={"deleted": 1}), dry_run=True)
        == "5 still shown, 1 would be purged (1 deleted)"
    )


@pytest.mark.parametrize(
    ("marked", "reason"), [({"over_18": True}, "over-18"), ({"signed_in_only": True}, "signed-in-only")]
)
def test_a_post_marked_after_it_was_kept_goes_as_one_marked_before(
    marked: dict[str, bool], reason: str
) -> None:
    store = FakeStore()
    keys = keep(store, "t3_a") + keep(store, "t3_b")
    lookup = FakeLookup([replace(post("t3_a"), **marked), post("t3_b")])
    result = recheck(store, lookup, now=NOW)
    assert (result.shown, result.purged) == (1, {reason: 1})
    assert [store.exists(key) for key in keys] == [False] * 3 + [True] * 3


def sampled(store: ObjectStore, *names: str, source: str = "reddit") -> None:
    sample = StreamSample(store, "lite")
    for name in names:
        look = Look(
            f"{name}/0", source, name, "2026-03-03", "lite@1", 0.1, kept=False, of="preview", numbers=b"12"
        )
        assert sample.offer(look, Submission(source, name))


def left(store: ObjectStore) -> set[str]:
    return {each.submission for each in read_sample(store, "lite")}


def test_what_the_encoder_saw_goes_with_its_post_kept_or_not() -> None:
    store = FakeStore()
    keep(store, "t3_a")
    sampled(store, "t3_a", "t3_gone", "t3_there")
    sampled(store, "k1", source="bluesky")
    source = FakeLookup([post("t3_a", "deleted"), post("t3_there")])
    would = recheck(store, source, now=NOW, dry_run=True)
    assert (would.purged, would.forgotten, len(left(store))) == ({"deleted": 1}, 1, 4)
    result = recheck(store, source, now=NOW)
    assert (result.purged, result.forgotten) == ({"deleted": 1}, 1)
    assert left(store) == {"t3_there", "k1"}


def test_a_budget_that_ends_within_the_sample_is_no_failure() -> None:
    store = FakeStore()
    keep(store, "t3_a")
    sampled(store, "t3_b")
    source = FakeLookup([post("t3_a")], fails=1, why=SourceUnreachableError("the budget ended"))
    assert recheck(store, source, now=NOW) == Recheck(shown=1)
    assert left(store) == {"t3_b"}


def test_the_line_names_posts_that_were_only_sampled() -> None:
    assert "3 more posts taken out of the sample of the stream" in summary(
        Recheck(forgotten=3), dry_run=False
    )
