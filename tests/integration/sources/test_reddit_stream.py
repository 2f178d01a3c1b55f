import json
import logging
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.errors import SourceBlockedError, SourceUnreachableError, UsageError
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.focus import FocusedSource
from bowerbird.crawl.following.listing_run import fullname
from bowerbird.crawl.sources.listing import Listing, RunBudget, SourceThrottledError
from bowerbird.crawl.sources.reddit_app import RedditApp
from bowerbird.crawl.sources.reddit_oauth import RedditSession, RedditSource
from bowerbird.crawl.sources.reddit_refusals import explained
from bowerbird.net.limiter import Limit, Limiter
from tests.integration.sources.loopback_reddit import (
    FIRST,
    REFRESH,
    SECRET,
    Clock,
    LoopbackReddit,
    listing,
    loopback_reddit,
)

PUBLISHED = Limit(100, 60)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def quiet(clock: Clock) -> Iterator[LoopbackReddit]:
    """Ten posts a second, from half a minute ago."""
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        yield reddit


class Miner:
    """What one process does: follow r/all and remember what it was given."""

    def __init__(
        self,
        reddit: LoopbackReddit,
        store: Path,
        *,
        requests: int = 1000,
        refresh: bool = False,
        communities: tuple[str, ...] = (),
    ) -> None:
        self.reddit, clock = reddit, reddit.clock
        app = RedditApp(
            "the-app", SECRET, "linux:bowerbird-test:1 (by /u/nobody)", REFRESH if refresh else None
        )
        hosts = {urlsplit(url).netloc: PUBLISHED for url in (reddit.api, reddit.www)}
        limiter = Limiter(hosts, PUBLISHED, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0)
        session = RedditSession(app, limiter, api=reddit.api, www=reddit.www)
        self.budget = RunBudget(requests, 3600, clock)
        pages = Listing("reddit", session, limiter, self.budget, partial(explained, "reddit"))
        source = RedditSource(pages, communities, api=reddit.api)
        self.cursor = CursorStore(FolderStore(store), "reddit")
        self.source = FollowedSource(source, self.budget, self.cursor)
        self.got: list[str] = []

    def poll(self) -> list[str]:
        new = [post.submission.id for post in self.source.posts()]
        self.source.commit()
        self.got += new
        return new

    def fill(self) -> list[str]:
        new = [post.submission.id for post in self.source.gap_posts()]
        self.source.commit()
        self.got += new
        return new

    def poll_for(self, seconds: float, every: float) -> None:
        ends = self.reddit.clock.now + seconds
        while self.reddit.clock.now < ends:
            next_at = self.reddit.clock.now + every
            self.poll()
            self.reddit.clock.now = max(self.reddit.clock.now, next_at)

    def missing(self) -> set[str]:
        """What existed between the first and the last post we got, and never came."""
        ranks = sorted(int(name.removeprefix("t3_"), 36) for name in self.got)
        alive = set(range(ranks[0], ranks[-1] + 1)) - self.reddit.deleted
        return {fullname(number) for number in alive} - set(self.got)

    def reported(self) -> set[str]:
        """All that the cursor says it could not read."""
        gaps = self.cursor.load().gaps
        return {fullname(n) for gap in gaps for n in range(int(gap.older.rank) + 1, int(gap.newer.rank))}


def assert_published_limit_kept(reddit: LoopbackReddit) -> None:
    for first, beyond in zip(reddit.asked_at, reddit.asked_at[PUBLISHED.requests :], strict=False):
        assert beyond - first >= PUBLISHED.window_s


@pytest.mark.parametrize("per_minute", [60, 2_000, 8_500])
def test_no_post_is_missed_below_the_limit(per_minute: int, clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=per_minute / 60) as reddit:
        clock.now += 5
        miner = Miner(reddit, tmp_path)
        miner.poll_for(120, every=5)
    assert miner.missing() == set()
    assert miner.reported() == set()
    assert len(miner.got) == len(set(miner.got)) > per_minute
    assert_published_limit_kept(reddit)


@pytest.mark.parametrize(("per_minute", "seconds"), [(10_000, 240), (20_000, 90)])
def test_above_the_limit_the_gap_is_reported_exactly(
    per_minute: int, seconds: int, clock: Clock, tmp_path: Path
) -> None:
    with loopback_reddit(clock, rate=per_minute / 60) as reddit:
        clock.now += 5
        miner = Miner(reddit, tmp_path)
        miner.poll_for(seconds, every=5)
    assert miner.missing()
    assert miner.reported() == miner.missing()
    assert len(miner.got) == len(set(miner.got))
    assert_published_limit_kept(reddit)


def test_a_gap_is_measured_in_posts_and_seconds(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        miner = Miner(reddit, tmp_path)
        miner.poll()
        clock.now += 200
        miner.poll()
    progress = miner.source.progress
    assert progress is not None
    (gap,) = progress.gaps
    assert gap.posts == len(miner.missing())
    assert gap.seconds == pytest.approx((gap.posts + 1) / 10, abs=0.01)
    assert f"1 gaps of at most {gap.posts} posts, {gap.seconds:.0f} s" in str(progress)
    assert progress.facts()["gap_posts"] == gap.posts


def test_a_gap_left_by_a_small_budget_is_closed_by_the_next_run(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        Miner(reddit, tmp_path).poll()
        clock.now += 60
        small = Miner(reddit, tmp_path, requests=2)
        small.poll()
        assert small.reported()
        clock.now += 5
        large = Miner(reddit, tmp_path)
        assert small.reported() <= set(large.poll())
        assert large.reported() == set()


def test_a_gap_out_of_reach_is_not_chased_again_but_filled_by_id(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        miner = Miner(reddit, tmp_path)
        miner.poll()
        clock.now += 150
        reddit.deleted |= {FIRST + 400, FIRST + 401}
        miner.poll()
        lost = miner.missing()
        assert lost
        reddit.asked.clear()
        miner.poll()
        assert reddit.asked["/r/all/new"] == 1
        assert set(miner.fill()) == lost
        assert reddit.asked["/api/info"] == -(-(len(lost) + 2) // 100)
        assert miner.reported() == miner.missing() == set()
        assert miner.fill() == []


def test_filling_goes_on_where_the_budget_ended(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        Miner(reddit, tmp_path).poll()
        clock.now += 150
        miner = Miner(reddit, tmp_path, requests=11)
        miner.poll()
        lost = miner.reported()
        small = Miner(reddit, tmp_path, requests=2)
        first = small.fill()
        assert len(first) == 200
        assert small.reported() == lost - set(first)
        assert set(first) | set(small.fill()) | set(small.fill()) == lost


def test_filling_one_subreddit_leaves_the_others_out(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        clock.now += 30
        miner = Miner(reddit, tmp_path)
        miner.poll()
        clock.now += 150
        miner.poll()
        few = Miner(reddit, tmp_path, communities=("earthporn",))
        assert {int(name[3:], 36) % 2 for name in few.fill()} == {1}


def test_deleted_anchors_do_not_stall_the_stream(quiet: LoopbackReddit, tmp_path: Path) -> None:
    miner = Miner(quiet, tmp_path)
    miner.poll()
    # The newest of the last poll, on which a stream by `before` would hang for ever.
    quiet.deleted |= {int(name[3:], 36) for name in miner.got[:60]}
    quiet.clock.now += 10
    assert len(miner.poll()) == pytest.approx(100, abs=10)
    assert miner.missing() == set()


def test_an_anchor_deleted_between_two_pages_is_replaced(quiet: LoopbackReddit, tmp_path: Path) -> None:
    miner = Miner(quiet, tmp_path)
    posts = miner.source.posts()
    miner.got = [next(posts).submission.id for _ in range(100)]
    quiet.deleted.add(int(miner.got[-1][3:], 36))
    miner.got += [post.submission.id for post in posts]
    assert miner.got[-1] == fullname(FIRST)
    assert len(miner.got) == len(set(miner.got))
    assert miner.missing() == set()


def test_a_listing_that_breaks_off_is_said_to_and_read_on(quiet: LoopbackReddit, tmp_path: Path) -> None:
    first = Miner(quiet, tmp_path)
    first.poll()
    quiet.clock.now += 25
    miner = Miner(quiet, tmp_path)
    posts = miner.source.posts()
    got = [next(posts).submission.id for _ in range(100)]
    broken = {int(name[3:], 36) for name in got[-3:]}
    quiet.deleted |= broken
    got += [post.submission.id for post in posts]
    miner.source.commit()
    assert len(got) == 100
    assert miner.source.progress is not None
    assert miner.source.progress.state.health == "unreachable"
    assert "broke off" in miner.source.progress.state.detail
    assert miner.reported()
    assert miner.poll()
    assert miner.reported() == set()


@pytest.mark.parametrize("faults", [["stale 20"], ["", "stale 20"], ["", "", "stale 12"]])
def test_a_stale_page_heals_in_the_next_poll(faults: list[str], clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=20) as reddit:
        clock.now += 30
        miner = Miner(reddit, tmp_path)
        miner.poll()
        clock.now += 20
        reddit.faults.extend(faults)
        miner.poll()
        clock.now += 5
        miner.poll()
        clock.now += 5
        miner.poll()
    assert miner.missing() == set()
    assert miner.reported() == set()
    assert len(miner.got) == len(set(miner.got))


def test_a_repeated_page_is_handed_out_once(quiet: LoopbackReddit, tmp_path: Path) -> None:
    page = json.dumps(quiet.listing({"limit": ["100"]})).encode()
    quiet.listings.extend([page, page])
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert miner.got[-1] == fullname(FIRST)
    assert len(miner.got) == len(set(miner.got))
    assert miner.missing() == set()


def test_a_throttle_is_waited_out_when_there_is_time(quiet: LoopbackReddit, tmp_path: Path) -> None:
    quiet.faults.append("429")
    before = quiet.clock.now
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert quiet.clock.now >= before + 30
    assert miner.missing() == set()


def test_a_throttle_longer_than_the_budget_says_until_when(quiet: LoopbackReddit, tmp_path: Path) -> None:
    quiet.faults.append("429")
    miner = Miner(quiet, tmp_path)
    miner.budget._seconds = 20  # noqa: SLF001 (the run's own clock is simulated)
    with pytest.raises(SourceThrottledError, match="may be asked again in 30 s: run less often") as throttled:
        miner.poll()
    assert throttled.value.retry_after_s == 30
    assert quiet.asked["/r/all/new"] == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("403", "refused with 403 Forbidden: Reddit blocks this address"),
        ("login", "refused with 302 Found: check the credentials"),
        ("html", "web page instead of a listing"),
    ],
)
def test_blocked_is_not_quiet(fault: str, words: str, quiet: LoopbackReddit, tmp_path: Path) -> None:
    quiet.faults.append(fault)
    miner = Miner(quiet, tmp_path)
    with pytest.raises(SourceBlockedError, match=words):
        miner.poll()
    assert miner.source.progress is not None
    assert miner.source.progress.state.health == "blocked"
    assert quiet.asked["/r/all/new"] == 1


@pytest.mark.parametrize("fault", ["cut", "half", "500"])
def test_half_answers_are_asked_for_again(fault: str, quiet: LoopbackReddit, tmp_path: Path) -> None:
    quiet.faults.extend([fault, fault])
    miner = Miner(quiet, tmp_path)
    miner.poll()
    assert miner.missing() == set()
    quiet.clock.now += 10
    quiet.faults.extend([fault] * 3)
    with pytest.raises(SourceUnreachableError, match="try again later"):
        miner.poll()


def test_a_source_that_fails_in_the_middle_keeps_what_it_gave(quiet: LoopbackReddit, tmp_path: Path) -> None:
    Miner(quiet, tmp_path).poll()
    quiet.clock.now += 30
    quiet.faults.extend(["", "403"])
    miner = Miner(quiet, tmp_path)
    assert len(miner.poll()) == 100
    assert miner.source.progress is not None
    assert miner.source.progress.state.health == "blocked"
    assert miner.reported()
    miner.poll()
    assert miner.reported() == miner.missing() == set()


def test_an_empty_listing_is_neither_blocked_nor_a_gap(clock: Clock, tmp_path: Path) -> None:
    with loopback_reddit(clock, rate=10) as reddit:
        reddit.listings.append(json.dumps(listing([], None)).encode())
        miner = Miner(reddit, tmp_path)
        assert miner.poll() == []
    assert miner.source.progress is not None
    assert miner.source.progress.state.health == "empty"


def test_a_refused_token_is_replaced_once(quiet: LoopbackReddit, tmp_path: Path) -> None:
    quiet.faults.extend(["", "401"])
    miner = Miner(quiet, tmp_path, refresh=True)
    miner.poll()
    assert quiet.tokens == 2
    assert quiet.grants[0] == {"grant_type": ["refresh_token"], "refresh_token": [REFRESH]}
    assert miner.missing() == set()


def test_client_credentials_are_used_without_a_refresh_token(quiet: LoopbackReddit, tmp_path: Path) -> None:
    Miner(quiet, tmp_path).poll()
    assert quiet.grants == [{"grant_type": ["client_credentials"]}]


def test_secrets_reach_neither_logs_nor_errors(
    quiet: LoopbackReddit, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for fault in ("401", "403", "cut", "html", "500"):
        quiet.faults.extend([fault] * 3)
        try:
            Miner(quiet, tmp_path, refresh=True).poll()
        except (SourceBlockedError, SourceUnreachableError) as error:
            said.append(repr(error))
        quiet.faults.clear()
    quiet.www, quiet.api = "http://localhost:1", "http://127.0.0.1:1"
    with pytest.raises(SourceUnreachableError) as refused:
        Miner(quiet, tmp_path, refresh=True).poll()
    said.append(repr(refused.value) + repr(RedditApp("id", SECRET, "agent", REFRESH)))
    assert len(said) == 6
    text = caplog.text + "".join(said)
    assert not [secret for secret in (SECRET, REFRESH, "token-1", "bearer") if secret in text]


def test_a_reddit_that_is_not_there_is_unreachable(clock: Clock, tmp_path: Path) -> None:
    gone = LoopbackReddit(clock, 1, api="http://127.0.0.1:1", www="http://localhost:1")
    with pytest.raises(SourceUnreachableError, match="check the connection"):
        Miner(gone, tmp_path).poll()


def test_a_community_that_is_none_is_wrong_usage(quiet: LoopbackReddit, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no subreddit: write EarthPorn"):
        Miner(quiet, tmp_path, communities=("../../x",))


RECORDED = [Path(__file__).with_name("recorded_poll.json")]
if folder := os.environ.get("BOWERBIRD_TEST_RECORDINGS"):
    RECORDED += sorted(Path(folder).glob("*.json"))


@pytest.mark.parametrize("recording", RECORDED, ids=lambda path: path.stem)
def test_recorded_polls_are_replayed(recording: Path, clock: Clock, tmp_path: Path) -> None:
    """Recordings in PRAW's shape; BOWERBIRD_TEST_RECORDINGS names a folder with more of them."""
    interactions = json.loads(recording.read_text())["interactions"]
    bodies = [
        each["response"]["body"]["string"] for each in interactions if each["request"]["method"] == "GET"
    ]
    told = [[child["data"]["name"] for child in json.loads(body)["data"]["children"]] for body in bodies]
    end = json.dumps(listing([], None)).encode()
    with loopback_reddit(clock, rate=1) as reddit:
        miner = Miner(reddit, tmp_path)
        for body, names in zip(bodies, told, strict=True):
            without_more = json.loads(body)
            without_more["data"]["after"] = None
            reddit.listings.extend([json.dumps(without_more).encode()])
            assert miner.poll() == names
            reddit.listings.clear()
        reddit.listings.extend([bodies[-1].encode(), end])
        assert miner.poll() == []


def test_focus_reads_the_best_subreddit_deeper_within_the_same_limits(
    quiet: LoopbackReddit, tmp_path: Path
) -> None:
    """All of the newest thousand are read; then the budget's rest goes to one subreddit's older posts."""
    quiet.clock.now += 170  # 2,000 posts in all
    miner = Miner(quiet, tmp_path, requests=20)
    opened: list[int] = []

    def open_listing(subreddit: str, requests: int, seconds: float) -> FollowedSource:
        assert seconds > 0
        opened.append(requests)
        return Miner(quiet, tmp_path / subreddit, requests=requests, communities=(subreddit,)).source

    source = FocusedSource(miner.source, lambda: ("EarthPorn",), open_listing, 20, 3600, clock=quiet.clock)
    got = [int(post.submission.id[3:], 36) for post in source.posts()]
    source.commit()
    older = {number for number in got[1000:] if number < min(got[:1000])}
    assert opened == [10]
    assert (quiet.asked["/r/all/new"], quiet.asked["/r/EarthPorn/new"]) == (10, 10)
    assert older == {number for number in range(min(got), min(got[:1000])) if number % 2}
    assert len(older) == pytest.approx(500, abs=20)
    assert re.search(r"focus on EarthPorn: ok, 99\d new of 99\d posts read in 10 requests", source.told())
