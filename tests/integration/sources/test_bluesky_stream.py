"""The stream over a real WebSocket, on simulated time: all that happened comes once, or a gap says so."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.errors import SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.crawl.sources.base import Context
from bowerbird.crawl.sources.bluesky import BlueskySource
from bowerbird.crawl.sources.listing import SourceThrottledError
from bowerbird.net import WebSockets
from bowerbird.net.limiter import Limit, Limiter
from tests.integration.sources.loopback_jetstream import (
    GARBAGE,
    HOST,
    Clock,
    LoopbackJetstream,
    commit,
    did_of,
    is_picture,
    loopback_jetstream,
    post,
    uri_of,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quiet(clock: Clock) -> Iterator[LoopbackJetstream]:
    """A hundred events a second, from ten seconds ago."""
    with loopback_jetstream(clock, rate=100) as jetstream:
        clock.now += 10
        yield jetstream


class Miner:
    """What one process does: follow the stream and remember what it was given."""

    def __init__(self, jetstream: LoopbackJetstream, store: Path, *, connections: int = 100) -> None:
        self.jetstream = jetstream
        limiter = Limiter({}, Limit(1000, 1), sleep=lambda _: None, clock=lambda: 0.0, jitter=lambda: -1.0)
        self.streams = streams = WebSockets(user_agent="linux:bowerbird-test:1", gateway=jetstream.gateway)
        self.store = FolderStore(store)
        context = Context(
            streams=streams, store=self.store, limiter=limiter, requests=connections, seconds=30
        )
        self.source = BlueskySource(HOST, context, streams, clock=jetstream.clock)
        self.got: list[str] = []

    def poll(self, most: int | None = None) -> list[str]:
        new = []
        for each in self.source.posts():
            new.append(each.submission.id)
            if len(new) == most:
                break
        self.source.commit()
        self.got += new
        return new

    def missing(self) -> set[str]:
        """What happened up to now and never came."""
        happened = range(self.jetstream.newest() + 1)
        return {uri_of(number) for number in happened if is_picture(number)} - set(self.got)

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Seconds from the beginning of time that were not read."""
        assert self.source.progress
        born = self.jetstream.born
        return [(gap.older.rank - born, gap.newer.rank - born) for gap in self.source.progress.gaps]


@pytest.mark.parametrize(("rate", "seconds"), [(60, 10), (1_000, 1.5), (5_000, 0.5)])
def test_every_post_comes_once_at_any_rate(rate: int, seconds: float, clock: Clock, tmp_path: Path) -> None:
    with loopback_jetstream(clock, rate) as jetstream:
        miner = Miner(jetstream, tmp_path)
        for _ in range(2):
            clock.now += seconds
            miner.poll()
            assert miner.source.progress
            # The server tells its time in whole seconds: the run is level with the one it began in.
            assert miner.source.progress.behind_s == 0
    assert miner.missing() == set()
    assert len(miner.got) == len(set(miner.got))
    assert miner.gaps == []
    # A run begins a little before the end of the last.
    assert (jetstream.cursors[1] or 0) / 1e6 == pytest.approx(int(jetstream.born + seconds) - 5, abs=1)


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_what_is_asked_for_is_posts(compression: str | None, clock: Clock, tmp_path: Path) -> None:
    with loopback_jetstream(clock, 60, compression=compression) as jetstream:
        clock.now += 1
        assert len(Miner(jetstream, tmp_path).poll()) == 7
    asked = jetstream.queries[0]
    assert asked["wantedCollections"] == ["app.bsky.feed.post"]
    assert "compress" not in asked
    assert jetstream.agents == {"linux:bowerbird-test:1"}


@pytest.mark.parametrize(
    "faults",
    [
        ["cut 100"],
        ["cut 0", "cut 300", "cut 700"],
        ["close 400", "cut 450"],
        ["repeat"],
        ["reorder"],
        ["reorder", "repeat"],
        ["", "rewind"],
        ["cut 500", "rewind"],
        ["garbage"],
        ["oversized 500"],
        ["refuse 503"],
        ["refuse 502", "refuse 500"],
        ["silent 600"],
    ],
    ids=" then ".join,
)
def test_nothing_is_missed_whatever_goes_wrong(
    faults: list[str], quiet: LoopbackJetstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bowerbird.crawl.following.tail.QUIET_S", 0.2)
    quiet.faults.extend(faults)
    miner = Miner(quiet, tmp_path)
    miner.poll()
    miner.poll()
    assert miner.missing() == set()
    assert len(miner.got) == len(set(miner.got))
    assert miner.gaps == []


def test_playback_that_runs_ahead_of_itself_is_not_taken_for_the_end(
    quiet: LoopbackJetstream, tmp_path: Path
) -> None:
    quiet.faults.extend(["reorder 0", "cut 0"])
    miner = Miner(quiet, tmp_path)
    miner.poll(most=52)  # stops right behind what came too early
    assert miner.source.progress
    assert miner.source.progress.behind_s > 4
    miner.poll()
    assert miner.missing() == set()


def test_what_runs_ahead_does_not_end_the_run(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    miner = Miner(quiet, tmp_path)
    quiet.faults.append("ahead")
    miner.poll()
    assert miner.missing() == set()
    assert miner.source.progress
    assert miner.source.progress.behind_s == 0


def test_what_is_no_event_is_counted_and_told(
    quiet: LoopbackJetstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quiet.faults.append("garbage")
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert miner.source.progress
    assert miner.source.progress.damaged == len(GARBAGE) * 21
    assert f"{len(GARBAGE) * 21} messages were no events" in miner.source.told()
    assert sum("was no event" in record.message for record in caplog.records) == 1


def test_a_run_that_is_killed_is_repeated(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    killed = Miner(quiet, tmp_path)
    handed = [each.submission.id for each in killed.source.posts()]
    assert Miner(quiet, tmp_path).poll() == handed


def test_a_run_that_stops_half_way_goes_on_there(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    miner = Miner(quiet, tmp_path)
    first = miner.poll(most=40)
    assert miner.gaps == []
    # The last one may have been used half, so it comes again.
    assert miner.poll()[0] == first[-1]
    assert miner.missing() == set()


def test_runs_that_overlap_join_what_they_know(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    one, other = Miner(quiet, tmp_path), Miner(quiet, tmp_path)
    first, second = one.source.posts(), other.source.posts()
    both = [next(first).submission.id, next(second).submission.id]
    both += [each.submission.id for each in first]
    one.source.commit()
    quiet.clock.now += 1
    both += [each.submission.id for each in second]
    other.source.commit()
    assert set(both) >= set(one.got)
    third = Miner(quiet, tmp_path)
    third.got = both
    third.poll()
    assert third.missing() == set()
    assert third.gaps == []


def test_longer_away_than_the_server_remembers_is_a_gap_of_just_that(
    quiet: LoopbackJetstream, tmp_path: Path
) -> None:
    quiet.window_s = 20
    miner = Miner(quiet, tmp_path)
    miner.poll()
    quiet.clock.now += 100
    miner.poll()
    (older, newer) = miner.gaps[0]
    assert len(miner.gaps) == 1
    assert (older, newer) == (pytest.approx(10, abs=0.02), pytest.approx(90, abs=0.02))
    assert all(older * 100 <= int(name.rpartition("/k")[2]) <= newer * 100 for name in miner.missing())
    assert len(miner.missing()) == pytest.approx((newer - older) * 10, abs=2)
    facts = miner.source.progress.facts() if miner.source.progress else {}
    assert facts["gap_seconds"] == round(newer - older)
    # Seven of ten events are posts.
    assert facts["gap_posts"] == pytest.approx((newer - older) * 70, rel=0.05)
    assert "1 gaps of 80 s, about 5" in miner.source.told()


def test_what_cannot_be_taken_is_passed_by_and_is_a_gap(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    quiet.script[505] = commit(505, "create", "k505", post(505, text="x" * 2_000_000))
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert miner.source.progress
    assert miner.source.progress.state.health == "ok"
    ((older, newer),) = miner.gaps
    assert (older, newer) == (pytest.approx(5.04, abs=0.005), pytest.approx(6.04, abs=0.02))
    assert miner.missing() == {uri_of(number) for number in range(510, 601, 10)}


def test_events_lost_by_the_server_cannot_be_known(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    quiet.faults.append("lose")
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert miner.missing() == {uri_of(10)}


def test_a_cursor_of_another_scheme_or_host_is_not_sent(
    quiet: LoopbackJetstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    miner = Miner(quiet, tmp_path)
    miner.poll()
    (key,) = list(miner.store.keys("cursors/"))
    stored = json.loads(miner.store.get(key) or b"")
    assert stored["scheme"] == "time_us"
    miner.store.put(key, json.dumps(stored | {"scheme": "seq"}).encode(), content_type="application/json")
    with caplog.at_level(logging.WARNING):
        Miner(quiet, tmp_path).poll()
    assert "cannot be read" in caplog.text
    assert quiet.cursors[1] == quiet.cursors[0]
    elsewhere = Context(streams=miner.streams, store=miner.store)
    other = BlueskySource("jetstream1.us-west.bsky.network", elsewhere, miner.streams, quiet.clock)
    assert len(list(other.posts())) == 101
    assert quiet.cursors[2] == quiet.cursors[0]


@pytest.mark.parametrize("rank", [24_647_190_112, 0, -5, 99_999_999_999])
def test_a_cursor_outside_of_time_is_not_sent(
    rank: int, quiet: LoopbackJetstream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    miner = Miner(quiet, tmp_path)
    miner.poll()
    (key,) = list(miner.store.keys("cursors/"))
    stored = json.loads(miner.store.get(key) or b"") | {"spans": [[rank, rank, rank, rank]], "seen": []}
    miner.store.put(key, json.dumps(stored).encode(), content_type="application/json")
    Miner(quiet, tmp_path).poll()
    assert quiet.cursors[1] == quiet.cursors[0]
    assert "outside of time" in caplog.text


@pytest.mark.parametrize(
    ("faults", "kind", "words"),
    [
        (["refuse 403"], SourceBlockedError, "answered 403"),
        (["refuse 429"] * 9, SourceThrottledError, "may be asked again in 30 s"),
        (["refuse 503"] * 9, SourceUnreachableError, "answered 503"),
        (["refuse 302"], SourceBlockedError, "sends us elsewhere"),
        (["refuse 404"], UsageError, "no Jetstream is there"),
        (["cut 0"] * 9, SourceUnreachableError, "ended the stream"),
    ],
)
def test_blocked_is_not_quiet(
    faults: list[str], kind: type[Exception], words: str, quiet: LoopbackJetstream, tmp_path: Path
) -> None:
    quiet.faults = deque(faults)
    with pytest.raises(kind, match=words):
        Miner(quiet, tmp_path).poll()


def test_one_connection_is_enough_where_no_more_is_allowed(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    assert len(Miner(quiet, tmp_path, connections=1).poll()) == 101
    quiet.faults.append("refuse 503")
    with pytest.raises(SourceUnreachableError, match="answered 503"):
        Miner(quiet, tmp_path, connections=1).poll()


def test_a_host_that_nobody_knows_is_unreachable(tmp_path: Path) -> None:
    def nobody(host: str) -> list[str]:
        return ["10.0.0.1"] if host.startswith("inside") else []

    streams = WebSockets(user_agent="t", resolver=nobody)
    for host, words in {
        "inside.example.org": "not on the public internet",
        "none.example.org": "dns",
    }.items():
        limiter = Limiter({}, Limit(1000, 1), sleep=lambda _: None, clock=lambda: 0.0, jitter=lambda: -1.0)
        context = Context(streams=streams, store=FolderStore(tmp_path), limiter=limiter)
        source = BlueskySource(host, context, streams)
        with pytest.raises((SourceBlockedError, SourceUnreachableError), match=words):
            list(source.posts())


def test_what_is_told_to_be_gone(quiet: LoopbackJetstream, tmp_path: Path) -> None:
    account = {"did": did_of(5), "seq": 1, "active": False}
    quiet.script = {
        101: commit(10, "delete", "k10"),
        102: {"did": did_of(5), "kind": "account", "account": account | {"status": "deactivated"}},
        103: {"did": did_of(6), "kind": "account", "account": account | {"status": "takendown"}},
        104: {"did": did_of(7), "kind": "account", "account": account | {"status": "throttled"}},
        105: {"did": did_of(6), "kind": "account", "account": account | {"active": True}},
        106: commit(20, "update", "k20", post(20, labels={"values": [{"val": "porn"}]})),
        107: commit(30, "update", "k30", post(30, embed=None)),
    }
    miner = Miner(quiet, tmp_path)
    miner.poll()
    removed = miner.source.removed()
    assert {uri: reason for uri, reason in removed.posts.items() if "/gone" not in uri} == {
        uri_of(10): "deleted",
        uri_of(20): "over-18",
        uri_of(30): "picture-removed",
    }
    assert removed.authors == {did_of(5): "deactivated"}
