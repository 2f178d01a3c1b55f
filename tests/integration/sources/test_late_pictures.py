"""Fresh galleries, of which Reddit shows half: what comes later is found by id, once, whatever happens."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.crawl.crawler import Crawler
from bowerbird.crawl.enqueue import CrawlCounts, ship
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.progress import Progress
from bowerbird.crawl.sources.listing import Listing, RunBudget
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.crawl.sources.reddit_oauth import RedditSession, RedditSource
from bowerbird.net.limiter import Limit, Limiter
from tests.fakes import FakeQueue
from tests.integration.sources.loopback_reddit import FIRST, SECRET, Clock, LoopbackReddit, loopback_reddit
from tests.unit.crawl.fakes import NoNetwork

PUBLISHED = Limit(100, 60)
APP = RedditApp("the-app", SECRET, "linux:bowerbird-test:1 (by /u/nobody)")
MINUTE = 60.0


class KilledError(Exception):
    """The process ends here."""


class DyingQueue(FakeQueue):
    """A queue whose sender is killed after so many sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sends_left: int | None = None

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        if self.sends_left == 0:
            raise KilledError
        if self.sends_left is not None:
            self.sends_left -= 1
        return super().send(messages)


@dataclass
class Reader:
    """Runs that share nothing but the folder and the queue, as a function's or a restarted program's do."""

    reddit: LoopbackReddit
    folder: Path
    requests: int = 100
    queue: DyingQueue = field(default_factory=DyingQueue)
    progress: Progress | None = None

    def run(self, *, commit: bool = True) -> CrawlCounts:
        clock = self.reddit.clock
        hosts = {urlsplit(url).netloc: PUBLISHED for url in (self.reddit.api, self.reddit.www)}
        limiter = Limiter(hosts, PUBLISHED, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)
        session = RedditSession(APP, limiter, api=self.reddit.api, www=self.reddit.www)
        budget = RunBudget(self.requests, 3600, clock)
        listed = RedditSource(Listing("reddit", session, limiter, budget), api=self.reddit.api)
        store = CursorStore(FolderStore(self.folder), "reddit")
        source = FollowedSource(listed, budget, store, clock=clock)
        shipment = ship(Crawler(NoNetwork()).crawl(source), self.queue)
        if commit:
            source.commit()
        self.progress = source.progress
        return shipment

    def facts(self) -> dict[str, str | int]:
        assert self.progress is not None
        return {word: self.progress.facts()[word] for word in ("pending", "came_good", "given_up")}

    @property
    def got(self) -> list[str]:
        """The pictures of galleries on the queue."""
        return [id_.partition("/")[2] for id_, _ in self.queue.sent if "/p" in id_]


@pytest.fixture
def reddit() -> Iterator[LoopbackReddit]:
    """A post a second, from half a minute ago."""
    with loopback_reddit(Clock(), rate=1) as server:
        server.clock.now += 30
        yield server


def test_pictures_that_come_later_become_candidates_once(reddit: LoopbackReddit, tmp_path: Path) -> None:
    reddit.late = {FIRST + 10: (0, 60, 60), FIRST + 11: (60, 60), FIRST + 12: (0, 60, 400)}
    reader = Reader(reddit, tmp_path)
    first = reader.run()
    assert sorted(reader.got) == ["p10n0", "p12n0"]
    assert first.skipped == {"pending": 1}
    assert reader.facts() == {"pending": 3, "came_good": 0, "given_up": 0}
    reddit.clock.now += MINUTE
    reader.run()
    assert reddit.asked["/api/info"] == 0
    reddit.clock.now += MINUTE
    second = reader.run()
    assert reddit.asked["/api/info"] == 1
    assert sorted(reader.got) == ["p10n0", "p10n1", "p10n2", "p11n0", "p11n1", "p12n0", "p12n1"]
    assert second.skipped == {}
    assert reader.facts() == {"pending": 1, "came_good": 2, "given_up": 0}
    assert "1 posts are looked at again, 2 came good, 0 given up" in str(reader.progress)
    reddit.clock.now += 10 * MINUTE
    reader.run()
    assert max(reader.got) == "p12n2"
    assert len(reader.got) == len(set(reader.got)) == 8
    assert reader.facts() == {"pending": 0, "came_good": 1, "given_up": 0}
    reddit.clock.now += 60 * MINUTE
    reader.run()
    assert reddit.asked["/api/info"] == 2


def test_what_never_comes_is_asked_for_a_few_times_and_said_to(
    reddit: LoopbackReddit, tmp_path: Path
) -> None:
    reddit.late = {FIRST + 10: (1e9,), FIRST + 11: (0, 1e9)}
    reader = Reader(reddit, tmp_path)
    skipped = [reader.run().skipped]
    for minutes in (2.1, 10.1, 60.1, 600):
        reddit.clock.now += minutes * MINUTE
        skipped.append(reader.run().skipped)
    assert skipped == [{"pending": 1}, {}, {}, {"never-ready": 1}, {}]
    assert reader.got == ["p11n0"]
    assert reddit.asked["/api/info"] == 3


def test_many_are_asked_for_a_hundred_at_a_time_within_the_budget(
    reddit: LoopbackReddit, tmp_path: Path
) -> None:
    reddit.clock.now += 270
    reddit.late = {FIRST + number: (0, 400) for number in range(250)}
    reader = Reader(reddit, tmp_path)
    reader.run()
    assert reader.facts()["pending"] == 250
    reddit.clock.now += 3 * MINUTE
    small = Reader(reddit, tmp_path, requests=5, queue=reader.queue)
    small.run()
    # A fifth of five, then the listing down to what is known, then one from what that left.
    assert reddit.asked["/api/info"] == 2
    assert small.progress is not None
    assert (small.progress.requests, small.progress.new, small.progress.gaps) == (5, 180, ())
    reddit.clock.now += MINUTE
    reader.run()
    assert reddit.asked["/api/info"] == 3
    reddit.clock.now += 10 * MINUTE
    reader.run()
    assert reader.facts()["pending"] == reader.facts()["given_up"] == 0
    assert len(reader.got) == len(set(reader.got)) == 500


def test_a_failed_look_costs_neither_the_stream_nor_a_try(
    reddit: LoopbackReddit, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    reddit.late = {FIRST + 10: (0, 60)}
    reader = Reader(reddit, tmp_path)
    reader.run()
    reddit.clock.now += 3 * MINUTE
    reddit.faults.extend(["500"] * 3)
    shipment = reader.run()
    assert shipment.candidates >= 180
    assert reddit.asked["/api/info"] == 4  # three that failed, and one from what the stream left
    assert "could not be looked at again" in caplog.text
    assert reader.got == ["p10n0", "p10n1"]


def test_a_gallery_that_was_deleted_meanwhile_ends(reddit: LoopbackReddit, tmp_path: Path) -> None:
    reddit.late = {FIRST + 10: (0, 1e9)}
    reader = Reader(reddit, tmp_path)
    reader.run()
    reddit.deleted.add(FIRST + 10)
    for minutes in (2.1, 10.1, 60.1):
        reddit.clock.now += minutes * MINUTE
        reader.run()
    assert reader.facts() == {"pending": 0, "came_good": 0, "given_up": 1}


@pytest.mark.parametrize("seed", range(4))
def test_killed_between_any_two_steps_nothing_is_lost(
    seed: int, reddit: LoopbackReddit, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    reddit.late = {FIRST + n: tuple(chance.choice((0, 30, 300)) for _ in range(3)) for n in range(5, 28)}
    reader = Reader(reddit, tmp_path)
    kills = 0
    for _ in range(12):
        reader.queue.sends_left = chance.choice((None, 0, 1, 2, 5))
        try:
            reader.run(commit=chance.random() < 0.7)
        except KilledError:
            kills += 1
        reddit.clock.now += chance.choice((5, 40, 130))
    reader.queue.sends_left = None
    for minutes in (3, 11, 61):
        reddit.clock.now += minutes * MINUTE
        reader.run()
    assert kills
    assert set(reader.got) == {f"p{n}n{item}" for n in range(5, 28) for item in range(3)}
    assert reader.facts()["pending"] == reader.facts()["given_up"] == 0
