import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bowerbird.core.errors import (
    BowerbirdError,
    RetryableError,
    SourceBlockedError,
    SourceUnreachableError,
    UsageError,
)
from bowerbird.core.messages import Submission
from bowerbird.core.post import Post
from bowerbird.crawl.following.coverage import MAX_SEEN, MAX_SPANS, Edge, Gap, Knowledge, Span, union
from bowerbird.crawl.following.cursor import OVERLAP, FollowedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.listing_run import JUMP, Run, fullname
from bowerbird.crawl.following.pending import WAITS, Wait, Waiting
from bowerbird.crawl.sources.listing import RunBudget
from tests.fakes import FakeStore


def post(number: int) -> Post:
    return Post(Submission("fake", fullname(number), created_utc=float(number)))


def feed_post(name: str) -> Post:
    return Post(Submission("fake", name))


@dataclass
class FakeSource:
    """Lists `newest` and what came before it, as deep as `depth`; `fails_after` so many posts."""

    newest: int = 0
    depth: int = 1000
    order: str = "id"
    name: str = "fake"
    authoritative: bool = True
    fails_after: int | None = None
    hidden: set[int] = field(default_factory=set)

    def posts(self) -> Iterator[Post]:
        for count, number in enumerate(range(self.newest, max(0, self.newest - self.depth), -1)):
            if count == self.fails_after:
                raise SourceBlockedError("fake: blocked")
            if number not in self.hidden:
                yield post(number)

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        for name in ids:
            number = int(name.removeprefix("t3_"), 36)
            if number not in self.hidden:
                yield post(number)

    def finds(self, source: str, submission: str) -> bool:
        return source == self.name and submission.startswith("t3_")

    def reads(self, post: Post) -> bool:
        return post.submission.source == self.name


class FakeFeed:
    """Posts without order."""

    name, order = "feed", "none"

    def __init__(self, *names: str) -> None:
        self.names = names

    def posts(self) -> Iterator[Post]:
        yield from map(feed_post, self.names)


def follow(source: FakeSource | FakeFeed, store: FakeStore | None) -> FollowedSource:
    cursor = CursorStore(store, "fake") if store is not None else None
    return FollowedSource(source, RunBudget(1000, 1e9), cursor)


def numbers(posts: Iterator[Post]) -> list[int]:
    return [int(each.submission.id.removeprefix("t3_"), 36) for each in posts]


def run(source: FakeSource, store: FakeStore) -> list[int]:
    followed = follow(source, store)
    new = numbers(followed.posts())
    followed.commit()
    return new


def known(store: FakeStore) -> Knowledge:
    return CursorStore(store, "fake").load()


def test_a_run_hands_out_what_is_new_and_stops_where_it_has_been() -> None:
    store = FakeStore()
    assert run(FakeSource(100), store) == list(range(100, 0, -1))
    source = FakeSource(103)
    followed = follow(source, store)
    posts = followed.posts()
    assert numbers(posts) == [103, 102, 101]
    assert followed.progress is not None
    assert followed.progress.read == 3 + OVERLAP
    assert followed.progress.new == 3


def test_a_killed_run_is_repeated_whole_and_nothing_is_lost() -> None:
    store = FakeStore()
    run(FakeSource(100), store)
    killed = follow(FakeSource(400), store).posts()
    handed = [next(killed) for _ in range(150)]
    del killed  # no commit: what was handed out may not have reached the queue
    assert len(handed) == 150
    assert run(FakeSource(410), store) == list(range(410, 100, -1))
    assert known(store).gaps == ()


def test_a_run_stopped_by_its_reader_goes_on_below_what_was_read() -> None:
    store = FakeStore()
    run(FakeSource(100), store)
    stopped = follow(FakeSource(400), store)
    posts = stopped.posts()
    handed = numbers(next(posts) for _ in range(150))
    stopped.commit()
    # The last one may have been used by half, so it comes again: the queue drops what it has.
    assert known(store).gaps == (Gap(Edge(100), Edge(252)),)
    assert run(FakeSource(400), store) == list(range(251, 100, -1))
    assert handed[-1] == 251
    assert known(store).gaps == ()


def test_a_reader_that_stops_at_the_first_post_leaves_all_of_it() -> None:
    store = FakeStore()
    followed = follow(FakeSource(10), store)
    next(followed.posts())
    followed.commit()
    assert run(FakeSource(10), store) == list(range(10, 0, -1))


def test_overlapping_runs_hand_out_every_post_and_leave_one_truth() -> None:
    store = FakeStore()
    run(FakeSource(100), store)
    early, late = follow(FakeSource(200), store), follow(FakeSource(260), store)
    first, second = early.posts(), late.posts()
    got = [number for pair in zip(numbers(first), numbers(second), strict=False) for number in pair]
    rest = numbers(second)
    late.commit()
    early.commit()
    assert set(got) | set(rest) == set(range(161, 261)) | set(range(101, 201))
    assert known(store).gaps == ()
    assert run(FakeSource(261), store) == [261]


@settings(deadline=None, max_examples=50)
@given(
    tops=st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 400)), min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_runs_joined_in_any_order_and_number_know_the_same(
    tops: list[tuple[int, int]], order: random.Random
) -> None:
    runs = []
    for top, depth in tops:
        reading = Run("id")
        for number in range(top, max(0, top - depth), -1):
            reading.note(post(number), new=True)
        runs.append(reading.knowledge())

    def all_of(parts: list[Knowledge]) -> Knowledge:
        whole = Knowledge()
        for part in parts:
            whole = whole.joined(part)
        return whole

    shuffled = runs * 2
    order.shuffle(shuffled)
    one, other = all_of(runs), all_of(shuffled)
    assert one.spans == other.spans
    assert one.seen == other.seen
    assert one.gaps == other.gaps
    read = {number for top, depth in tops for number in range(top, max(0, top - depth), -1)}
    unread = set(range(min(read), max(read))) - read
    assert {n for gap in one.gaps for n in range(int(gap.older.rank) + 1, int(gap.newer.rank))} == unread


def test_a_lost_race_is_run_again_on_what_the_winner_wrote() -> None:
    class Racing(FakeStore):
        races = 3

        def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
            if self.races:
                self.races -= 1
                winner = Knowledge({fullname(500 + self.races): 500 + self.races})
                self.objects[key] = json.dumps(winner.encoded()).encode()
            return super().replace(key, data, content_type=content_type, version=version)

    store = Racing()
    run(FakeSource(10), store)
    assert set(known(store).seen.values()) == {500, *range(1, 11)}


def test_a_store_that_refuses_is_said_to() -> None:
    class Refusing(FakeStore):
        def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
            del key, data, content_type, version
            return False

    with pytest.raises(RetryableError, match="could not be written: check the store"):
        run(FakeSource(10), Refusing())


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 9}', b'{"version": 1, "seen": 3}'])
def test_a_damaged_cursor_starts_anew_and_says_so(damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = FakeStore()
    run(FakeSource(10), store)
    (key,) = store.objects
    store.objects[key] = damage
    assert run(FakeSource(10), store) == list(range(10, 0, -1))
    assert "cannot be read: starting anew" in caplog.text
    assert run(FakeSource(10), store) == []


def test_without_a_store_a_source_remembers_while_it_lives() -> None:
    source = FakeSource(100)
    followed = follow(source, None)
    assert len(numbers(followed.posts())) == 100
    followed.commit()
    source.newest = 105
    assert numbers(followed.posts()) == [105, 104, 103, 102, 101]


def test_without_order_posts_come_once_and_no_gap_is_invented() -> None:
    store = FakeStore()
    first, second = follow(FakeFeed("b", "a"), store), follow(FakeFeed("d", "b", "c", "a"), store)
    list(first.posts())
    first.commit()
    assert [each.submission.id for each in second.posts()] == ["d", "c"]
    second.commit()
    assert known(store).gaps == ()
    assert list(follow(FakeFeed("d", "c"), store).posts()) == []


def test_a_source_that_fails_before_any_post_raises() -> None:
    followed = follow(FakeSource(10, fails_after=0), FakeStore())
    with pytest.raises(SourceBlockedError, match="blocked"):
        list(followed.posts())


def test_what_is_too_old_to_be_remembered_is_known_by_its_rank() -> None:
    store = FakeStore()
    assert len(run(FakeSource(MAX_SEEN + 500, depth=MAX_SEEN + 500), store)) == MAX_SEEN + 500
    knowledge = known(store)
    assert len(knowledge.seen) == MAX_SEEN
    assert knowledge.knows(fullname(100), 100)
    assert not knowledge.knows(fullname(MAX_SEEN + 501), MAX_SEEN + 501)


def test_a_post_that_appears_late_is_handed_out() -> None:
    store = FakeStore()
    run(FakeSource(100, hidden={90}), store)
    assert run(FakeSource(102), store) == [102, 101, 90]


def test_a_jump_that_was_there_before_is_no_gap() -> None:
    store = FakeStore()
    quiet = set(range(200, 200 + 3 * JUMP))
    assert 199 in run(FakeSource(300, hidden=quiet), store)
    assert len(known(store).gaps) == 1
    assert run(FakeSource(301, hidden=quiet), store) == [301]
    assert known(store).gaps == ()


def test_the_number_of_spans_is_bounded_and_the_newest_stay() -> None:
    spans = [Span(Edge(10 * n), Edge(10 * n + 1)) for n in range(MAX_SPANS + 5)]
    kept = union(spans)
    assert len(kept) == MAX_SPANS
    assert kept[-1] == spans[-1]


def test_what_is_left_of_a_run_fills_gaps() -> None:
    store = FakeStore()
    run(FakeSource(100), store)
    run(FakeSource(400, depth=50), store)
    assert [gap.posts for gap in known(store).gaps] == [250]
    source = FollowedSource(
        FakeSource(410, depth=50, hidden={200}),
        RunBudget(1000, 1e9),
        CursorStore(store, "fake"),
        fill_gaps=True,
    )
    assert numbers(source.posts()) == [*range(410, 400, -1), *(n for n in range(350, 100, -1) if n != 200)]
    source.commit()
    assert known(store).gaps == ()


def test_only_sources_with_counted_ids_fill_gaps() -> None:
    with pytest.raises(UsageError, match="gaps are filled by reddit and arctic-shift"):
        list(follow(FakeFeed("a"), FakeStore()).gap_posts())


@pytest.mark.parametrize("number", [0, 1, 35, 36, int("kzj68i", 36)])
def test_fullnames_are_base_36(number: int) -> None:
    assert int(fullname(number).removeprefix("t3_"), 36) == number


@dataclass
class LateSource(FakeSource):
    """Posts of `late` are not ready. Notes what is asked by id, which `broken` makes fail."""

    late: set[int] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    broken: BowerbirdError | None = None

    def posts(self) -> Iterator[Post]:
        yield from map(self._shown, super().posts())

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        self.asked.append(list(ids))
        if self.broken:
            raise self.broken
        yield from map(self._shown, super().by_id(ids))

    def _shown(self, plain: Post) -> Post:
        late = int(plain.submission.id.removeprefix("t3_"), 36) in self.late
        return replace(plain, pending=1) if late else plain


class Clock:
    """Seconds that only the test moves; the posts' own times are their numbers."""

    def __init__(self) -> None:
        self.now = 20.0

    def __call__(self) -> float:
        return self.now


def late_run(source: LateSource, store: FakeStore, clock: Clock, *, commit: bool = True) -> list[int]:
    followed = FollowedSource(source, RunBudget(1000, 1e9), CursorStore(store, "fake"), clock=clock)
    new = numbers(followed.posts())
    if commit:
        followed.commit()
    assert followed.progress is not None
    return new


def test_a_post_that_is_not_ready_is_remembered_in_the_write_that_makes_it_seen() -> None:
    class Writes(FakeStore):
        def __init__(self) -> None:
            super().__init__()
            self.written: list[Knowledge] = []

        def replace(self, key: str, data: bytes, *, content_type: str, version: str | None) -> bool:
            self.written.append(Knowledge.decoded(json.loads(data)))
            return super().replace(key, data, content_type=content_type, version=version)

    store, clock = Writes(), Clock()
    late_run(LateSource(9, late={7}), store, clock)
    (written,) = store.written
    assert fullname(7) in written.seen
    assert written.waiting.posts == {fullname(7): Wait(20.0)}


def test_a_post_that_came_good_is_handed_out_once_more() -> None:
    store, clock, source = FakeStore(), Clock(), LateSource(9, late={7})
    assert late_run(source, store, clock) == list(range(9, 0, -1))
    source.late = set()
    assert late_run(source, store, clock) == []
    clock.now += WAITS[0]
    assert late_run(source, store, clock, commit=False) == [7]
    assert late_run(source, store, clock) == [7]  # the run before was killed
    clock.now += sum(WAITS)
    assert late_run(source, store, clock) == []
    assert source.asked == [[fullname(7)]] * 2
    assert known(store).waiting == Waiting()


@pytest.mark.parametrize(
    "broken", [SourceBlockedError("no"), SourceUnreachableError("away"), UsageError("not found")]
)
def test_a_look_that_fails_is_no_look_and_the_stream_goes_on(broken: BowerbirdError) -> None:
    store, clock, source = FakeStore(), Clock(), LateSource(9, late={7})
    late_run(source, store, clock)
    source.newest, source.broken = 12, broken
    clock.now += WAITS[0]
    assert late_run(source, store, clock) == [12, 11, 10]
    assert known(store).waiting.posts == {fullname(7): Wait(20.0)}


def test_a_post_found_in_a_gap_waits_too() -> None:
    store, clock = FakeStore(), Clock()
    late_run(LateSource(100), store, clock)
    late_run(LateSource(400, depth=50), store, clock)
    source = LateSource(400, depth=50, late={200})
    followed = FollowedSource(source, RunBudget(9, 1e9), CursorStore(store, "fake"), clock=clock)
    list(followed.gap_posts())
    followed.commit()
    assert list(known(store).waiting.posts) == [fullname(200)]


def test_a_cursor_from_before_posts_waited_is_read() -> None:
    store = FakeStore()
    run(FakeSource(10), store)
    (key,) = store.objects
    old = json.loads(store.objects[key])
    del old["waiting"]
    store.objects[key] = json.dumps(old).encode()
    assert run(FakeSource(11), store) == [11]


def test_without_a_store_posts_wait_while_the_source_lives() -> None:
    clock, source = Clock(), LateSource(9, late={7})
    followed = FollowedSource(source, RunBudget(1000, 1e9), clock=clock)
    list(followed.posts())
    followed.commit()
    clock.now += WAITS[0]
    source.late = set()
    assert numbers(followed.posts()) == [7]
