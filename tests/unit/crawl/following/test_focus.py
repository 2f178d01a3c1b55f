"""What a crawl leaves of its budget goes to the best communities, and never more than that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bowerbird.core.errors import SourceBlockedError, UsageError
from bowerbird.core.messages import Submission
from bowerbird.core.post import Committing, Post, Telling
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.following.focus import FocusedSource
from bowerbird.crawl.following.listing_run import fullname
from bowerbird.crawl.sources.listing import RunBudget
from tests.fakes import FakeStore


@dataclass
class Paged:
    """A listing of `posts_` posts, ten a request, with a name of its own."""

    community: str
    budget: RunBudget
    size: int
    error: Exception | None = None
    name: str = "fake"
    order: str = "id"

    def posts(self) -> Iterator[Post]:
        base = sum(self.community.encode()) * 1000
        for number in range(self.size, 0, -1):
            if (self.size - number) % 10 == 0:
                if self.budget.over:
                    return
                self.budget.spent += 1
                if self.error:
                    raise self.error
            yield Post(Submission("fake", fullname(base + number), community=self.community))


@dataclass
class World:
    """Ten requests a run; `sizes` are the listings' lengths, `all` the followed source's."""

    sizes: dict[str, int]
    best: tuple[str, ...] = ("a", "b")
    errors: dict[str, Exception] = field(default_factory=dict)
    store: FakeStore = field(default_factory=FakeStore)
    now: float = 0.0
    asked: list[tuple[str, int, float]] = field(default_factory=list)

    def listing(self, community: str, requests: int, seconds: float) -> FollowedSource:
        self.asked.append((community, requests, seconds))
        budget = RunBudget(requests, seconds, lambda: self.now)
        source = Paged(community, budget, self.sizes[community], self.errors.get(community))
        return FollowedSource(source, budget, CursorStore(self.store, community))

    def source(self) -> FocusedSource:
        main = self.listing("all", 10, 60)
        self.asked.clear()
        return FocusedSource(main, lambda: self.best, self.listing, 10, 60, lambda: self.now)


def read(source: FocusedSource) -> list[str]:
    found = [post.submission.community or "" for post in source.posts()]
    source.commit()
    return found


def test_what_is_left_goes_to_the_best_first() -> None:
    world = World({"all": 30, "a": 20, "b": 100})
    source = world.source()
    found = read(source)
    assert found == ["all"] * 30 + ["a"] * 20 + ["b"] * 50
    assert world.asked == [("a", 7, 60), ("b", 5, 60)]
    assert source.told() == (
        "fake: ok, 30 new of 30 posts read in 3 requests; "
        "focus on a: ok, 20 new of 20 posts read in 2 requests; "
        "focus on b: ok, 50 new of 50 posts read in 5 requests"
    )
    assert isinstance(source, Committing)
    assert isinstance(source, Telling)


def test_each_listing_has_a_cursor_of_its_own() -> None:
    world = World({"all": 5, "a": 5, "b": 5})
    assert len(read(world.source())) == 15
    assert read(world.source()) == []
    world.sizes["a"] = 8
    assert read(world.source()) == ["a"] * 3


def test_nothing_left_nothing_asked() -> None:
    world = World({"all": 500, "a": 20, "b": 20})
    assert set(read(world.source())) == {"all"}
    assert world.asked == []


def test_time_is_a_budget_too() -> None:
    world = World({"all": 30, "a": 20, "b": 20})
    source = world.source()
    posts = source.posts()
    next(posts)
    world.now = 59
    assert [next(posts).submission.community for _ in range(30)][-1] == "a"
    world.now = 61
    assert {post.submission.community for post in posts} == {"a"}
    assert world.asked == [("a", 7, 1)]


@pytest.mark.parametrize("error", [SourceBlockedError("a: 403"), UsageError("a: nothing is there")])
def test_a_community_that_fails_costs_only_its_request(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    world = World({"all": 30, "a": 20, "b": 20}, errors={"a": error})
    assert read(world.source()) == ["all"] * 30 + ["b"] * 20
    assert world.asked[1] == ("b", 6, 60)
    assert f"focus on a: {error}" in caplog.text


def test_a_source_that_refused_is_not_asked_for_more() -> None:
    world = World({"all": 30, "a": 20, "b": 20}, errors={"all": SourceBlockedError("403")})
    with pytest.raises(SourceBlockedError):
        read(world.source())
    assert world.asked == []


def test_what_was_handed_out_before_a_stop_is_remembered() -> None:
    world = World({"all": 5, "a": 5, "b": 5})
    source = world.source()
    posts = source.posts()
    got = [next(posts).submission.id for _ in range(8)]
    source.commit()
    again = [post.submission.id for post in world.source().posts()]
    # The last one may have been used by half only, so it comes again.
    assert set(got) & set(again) == {got[-1]}
    assert len(set(got) | set(again)) == 15
