"""Runs that never meet keep a host's limit together."""

import json

import pytest

from bowerbird.core.errors import RetryableError
from bowerbird.crawl.following.shared_limits import SharedLimits
from bowerbird.net.limiter import Limit, Limiter
from tests.fakes import FakeStore

HOST = "www.reddit.com"


class Clock:
    """One time for everybody; sleeping passes it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def run(store: FakeStore, clock: Clock, requests: int, *, status: int = 200, **headers: str) -> list[float]:
    """One process: heeds, asks as often as it may at once, leaves word; returns when it asked."""
    limiter = Limiter(
        {HOST: Limit(10, 60)}, Limit(10, 60), clock=clock, sleep=clock.sleep, jitter=lambda: 0.0
    )
    pace = SharedLimits(store, limiter, clock)
    pace.heed()
    asked = []
    for _ in range(requests):
        try:
            with limiter.turn(HOST, patience_s=0) as turn:
                asked.append(clock())
                turn.answered(status, {name.replace("_", "-"): value for name, value in headers.items()})
        except RetryableError:
            break
        clock.now += 0.5
    pace.tell()
    return asked


def test_a_second_process_goes_on_with_what_the_first_left_of_the_limit() -> None:
    store, clock = FakeStore(), Clock()
    assert len(run(store, clock, 7)) == 7
    assert len(run(store, clock, 7)) == 3
    assert run(store, clock, 7) == []
    clock.now += 60
    assert len(run(store, clock, 20)) == 10


def test_many_short_runs_never_exceed_the_limit_in_any_window() -> None:
    store, clock = FakeStore(), Clock()
    asked: list[float] = []
    for _ in range(60):
        asked += run(store, clock, 3)
        clock.now += 2.0
    assert max(sum(start <= at < start + 60 for at in asked) for start in asked) <= 10
    assert len(asked) >= 20


def test_a_host_that_asked_for_peace_is_left_alone_by_the_next_process() -> None:
    store, clock = FakeStore(), Clock()
    run(store, clock, 1, status=429, Retry_After="120")
    clock.now += 100
    assert run(store, clock, 1) == []
    clock.now += 21
    assert len(run(store, clock, 1)) == 1


def test_one_process_that_heeds_again_counts_nothing_twice() -> None:
    store, clock = FakeStore(), Clock()
    limiter = Limiter({}, Limit(10, 60), clock=clock, sleep=clock.sleep)
    pace = SharedLimits(store, limiter, clock)
    for _ in range(5):
        pace.heed()
        with limiter.turn(HOST, patience_s=0) as turn:
            turn.answered(200, {})
        pace.tell()
        clock.now += 1
    assert len(limiter.asked()[HOST].ago_s) == 5


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"www.reddit.com": 1}', b'{"www.reddit.com": {"at": "x"}}']
)
def test_a_damaged_word_says_nothing(data: bytes) -> None:
    store, clock = FakeStore(), Clock()
    store.objects["cursors/pace.json"] = data
    assert len(run(store, clock, 10)) == 10


@pytest.mark.parametrize("back", [400 * 86_400, 3 * 3600])
def test_a_clock_that_was_set_back_makes_nobody_wait_for_it(back: float) -> None:
    store, clock = FakeStore(), Clock()
    clock.now = 1_000_000_000.0
    run(store, clock, 10, status=429, Retry_After="120")
    run(store, clock, 10)
    clock.now -= back
    assert len(run(store, clock, 1)) == 1
    left = json.loads(store.objects["cursors/pace.json"])[HOST]
    assert max(left["at"]) <= clock.now
    assert left["until"] <= clock.now + 3660
