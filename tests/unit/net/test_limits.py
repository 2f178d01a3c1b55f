from __future__ import annotations

import pytest

from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.net.limits import Budget, Limits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_outs_shrink_with_what_is_left_of_the_total() -> None:
    clock = Clock()
    budget = Budget(Limits(connect_s=5, read_s=10, total_s=12), 1000, clock)
    assert (budget.connect_timeout(), budget.read_timeout()) == (5, 10)
    clock.now += 9
    assert (budget.connect_timeout(), budget.read_timeout()) == (3, 3)
    clock.now += 3
    with pytest.raises(RetryableError, match=r"timeout: the transfer took longer than 12 s"):
        budget.read_timeout()


def test_slow_drip_is_cut_off_after_the_grace_period_only() -> None:
    clock = Clock()
    budget = Budget(Limits(min_rate=1000, grace_s=10), 10**9, clock)
    clock.now += 10
    budget.received(1)
    clock.now += 1
    with pytest.raises(RetryableError, match=r"slow: 0 bytes a second, 1000 is the least"):
        budget.received(1)


def test_a_transfer_at_the_minimum_rate_goes_on() -> None:
    clock = Clock()
    budget = Budget(Limits(min_rate=1000, grace_s=10, total_s=1000), 10**9, clock)
    for _ in range(500):
        clock.now += 1
        budget.received(1000)


def test_framing_is_bounded_like_the_body() -> None:
    budget = Budget(Limits(), 1000)
    budget.received(1000 + 1024 * 1024)
    with pytest.raises(PermanentError, match=r"too-large: "):
        budget.received(1)
