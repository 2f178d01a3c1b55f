import math
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bowerbird.core.errors import RetryableError
from bowerbird.net.limiter import BACKOFF_S, BREAKER, MAX_BACKOFF_S, MAX_HOSTS, MAX_WAIT_S, Limit, Limiter

HOST = "host.example"
WIDE = Limit(1000, 60, concurrency=8)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def limiter(clock: Clock, limit: Limit = WIDE, jitter: float = 1.0) -> Limiter:
    return Limiter({HOST: limit}, WIDE, clock=clock, sleep=clock.sleep, jitter=lambda: jitter)


def ask(limiter: Limiter, status: int | None = 200, headers: dict[str, str] | None = None) -> None:
    with limiter.turn(HOST) as turn:
        if status is not None:
            turn.answered(status, headers or {})


@settings(deadline=None)
@given(
    requests=st.integers(1, 20),
    window=st.floats(0.5, 600),
    pauses=st.lists(st.floats(0, 300), max_size=80),
)
def test_no_window_ever_holds_more_than_the_published_limit(
    requests: int, window: float, pauses: list[float]
) -> None:
    clock = Clock()
    asked = limiter(clock, Limit(requests, window))
    starts = []
    for pause in pauses:
        clock.now += pause
        with asked.turn(HOST) as turn:
            starts.append(clock.now)
            turn.answered(200, {})
    for first, beyond in zip(starts, starts[requests:], strict=False):
        assert beyond >= first + window


@settings(deadline=None)
@given(
    answers=st.lists(
        st.tuples(st.integers(0, 5), st.floats(0, 600), st.floats(0, 30), st.sampled_from([200, 404])),
        max_size=40,
    )
)
def test_never_more_requests_than_the_host_says_remain(
    answers: list[tuple[int, float, float, int]],
) -> None:
    clock = Clock()
    asked = limiter(clock)
    allowed, until = math.inf, -math.inf
    for remaining, reset, pause, status in answers:
        clock.now += pause
        with asked.turn(HOST) as turn:
            assert allowed >= 1 or clock.now >= until
            allowed, until = remaining, clock.now + reset
            turn.answered(
                status, {"X-Ratelimit-Remaining": f"{remaining}.0", "X-Ratelimit-Reset": str(reset)}
            )


def test_answers_without_headers_still_use_up_what_remained() -> None:
    clock = Clock()
    asked = limiter(clock)
    ask(asked, headers={"x-ratelimit-remaining": "2", "x-ratelimit-reset": "100"})
    ask(asked)
    ask(asked)
    assert asked.wait_s(HOST) == 100


def test_requests_in_flight_are_taken_off_what_an_answer_says_remains() -> None:
    clock = Clock()
    asked = limiter(clock)
    with asked.turn(HOST) as slow:
        ask(asked, headers={"x-ratelimit-remaining": "1", "x-ratelimit-reset": "100"})
        assert asked.wait_s(HOST) == 100
        slow.answered(200, {})


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "7.5"}, 7.5),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT"}, 60),
        ({"Retry-After": "999999999"}, MAX_WAIT_S),
        ({"Retry-After": "inf"}, MAX_WAIT_S),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "nan"}, BACKOFF_S),
        ({"Retry-After": "Sun, 06 Nov 1994 08:50:37 GMT"}, BACKOFF_S),
        ({"Retry-After": "whenever"}, BACKOFF_S),
        ({}, BACKOFF_S),
    ],
)
def test_a_throttle_is_waited_out(headers: dict[str, str], wait: float) -> None:
    clock = Clock()
    asked = limiter(clock)
    ask(asked, 429, headers)
    assert asked.wait_s(HOST) == wait


@pytest.mark.parametrize("status", [500, 503, 429, None])
def test_failures_back_off_exponentially_until_one_succeeds(status: int | None) -> None:
    clock = Clock()
    asked = limiter(clock)
    waits = []
    for _ in range(BREAKER - 1):
        ask(asked, status)
        waits.append(asked.wait_s(HOST))
    assert waits == [BACKOFF_S * 2**n for n in range(BREAKER - 1)]
    ask(asked)
    ask(asked, status)
    assert asked.wait_s(HOST) == BACKOFF_S


def test_jitter_keeps_at_least_half_of_the_wait() -> None:
    clock = Clock()
    asked = limiter(clock, jitter=0.0)
    ask(asked, 500)
    assert asked.wait_s(HOST) == BACKOFF_S / 2


def test_an_open_circuit_refuses_at_once_then_lets_one_caller_try() -> None:
    clock = Clock()
    asked = limiter(clock)
    for _ in range(BREAKER):
        ask(asked, 500)
    before = clock.now
    with pytest.raises(RetryableError, match="may not be asked") as refused:
        ask(asked)
    assert clock.now == before
    assert refused.value.retry_after_s == BACKOFF_S * 2 ** (BREAKER - 1)
    clock.now += refused.value.retry_after_s
    with asked.turn(HOST) as trial:
        with pytest.raises(RetryableError, match="keeps failing"):
            ask(asked)
        trial.answered(200, {})
    ask(asked)


def test_the_back_off_is_bounded() -> None:
    clock = Clock()
    asked = limiter(clock)
    for _ in range(2000):
        ask(asked, 500)
        clock.now += asked.wait_s(HOST)
    ask(asked, 500)
    assert asked.wait_s(HOST) == MAX_BACKOFF_S


def test_the_caller_is_told_when_the_wait_is_longer_than_its_patience() -> None:
    clock = Clock()
    asked = limiter(clock, Limit(1, 60))
    ask(asked)
    with (
        pytest.raises(RetryableError, match="another 60 s") as refused,
        asked.turn(HOST, patience_s=59),
    ):
        pass
    assert refused.value.retry_after_s == 60
    assert clock.now == 0


def test_a_busy_host_is_refused_when_patience_ends() -> None:
    asked = limiter(Clock(), Limit(10, 60))
    with (
        asked.turn(HOST) as first,
        pytest.raises(RetryableError, match="busy with our own"),
        asked.turn(HOST, patience_s=0),
    ):
        pass
    first.answered(200, {})


def test_hosts_do_not_wait_for_each_other() -> None:
    clock = Clock()
    asked = limiter(clock, Limit(1, 60))
    ask(asked)
    with asked.turn("other.example") as turn:
        turn.answered(200, {})
    assert clock.now == 0


def test_no_more_callers_at_a_time_than_the_host_allows() -> None:
    asked = limiter(Clock(), Limit(1000, 60, concurrency=3))
    inside, most, lock = 0, 0, threading.Lock()

    def call() -> None:
        nonlocal inside, most
        for _ in range(20):
            with asked.turn(HOST) as turn:
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1
                turn.answered(200, {})

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= 3


def test_idle_hosts_are_forgotten_and_throttled_ones_are_not() -> None:
    clock = Clock()
    asked = limiter(clock)
    ask(asked, 429, {"retry-after": "3000"})
    for number in range(MAX_HOSTS * 2):
        clock.now += 0.05
        with asked.turn(f"{number}.example") as turn:
            turn.answered(200, {})
    assert asked.wait_s(HOST) == 3000 - clock.now
    assert len(asked._hosts) <= MAX_HOSTS  # noqa: SLF001 (memory has no public face)


def test_a_place_may_be_waited_for_longer_than_a_pause() -> None:
    clock = Clock()
    one = limiter(clock, Limit(1000, 60))
    entered, leave, answers = threading.Event(), threading.Event(), []

    def hold() -> None:
        with one.turn(HOST) as turn:
            entered.set()
            leave.wait(10)
            clock.now += 30
            turn.answered(200, {})

    def follow() -> None:
        with one.turn(HOST, patience_s=1, place_patience_s=60) as turn:
            turn.answered(200, {})
            answers.append(clock.now)

    threads = [threading.Thread(target=hold), threading.Thread(target=follow)]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join(10)
    assert answers == [30]


def test_all_who_wait_for_a_place_are_told_that_the_host_keeps_failing() -> None:
    clock = Clock()
    one = limiter(clock, Limit(1000, 60))
    for _ in range(BREAKER - 1):
        ask(one, 503)
        clock.now += MAX_BACKOFF_S
    refused = []

    def follow() -> None:
        with pytest.raises(RetryableError), one.turn(HOST, patience_s=1, place_patience_s=600):
            pass
        refused.append(HOST)

    threads = [threading.Thread(target=follow, daemon=True) for _ in range(4)]
    with one.turn(HOST) as turn:
        for thread in threads:
            thread.start()
        threading.Event().wait(0.2)  # whoever comes later is refused at once
        turn.answered(503, {})
    for thread in threads:
        thread.join(30)
    assert len(refused) == 4


def test_a_429_that_says_only_when_its_window_ends_is_left_alone_until_then() -> None:
    clock = Clock()
    asked = limiter(clock)
    ask(asked, 429, {"X-Ratelimit-Reset": "58"})
    assert asked.wait_s(HOST) == 58


def test_a_limit_that_holds_until_told_gives_way_to_the_hosts_own_headers() -> None:
    clock = Clock()
    asked = limiter(clock, Limit(1, 60, until_told=True))
    ask(asked)
    assert asked.wait_s(HOST) == 60
    clock.now += 60
    ask(asked, 200, {"X-Ratelimit-Remaining": "2", "X-Ratelimit-Reset": "30"})
    ask(asked)
    ask(asked)
    assert clock.now == 60
    assert asked.wait_s(HOST) == 30
    clock.now += 30
    assert asked.wait_s(HOST) == 30  # the word is out of date: once a minute again
    strict = limiter(clock, Limit(1, 60))
    ask(strict, 200, {"X-Ratelimit-Remaining": "2", "X-Ratelimit-Reset": "30"})
    assert strict.wait_s(HOST) == 60
