"""Promises are stored in the place and read back, and say what they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bowerbird.core.promises import Promise, Range, read_promises, share_range, write_promise
from tests.fakes import FakeStore

PROMISE = Promise(
    bundle="mine@1.0.1",
    made_at="2026-11-26T20:00:00+00:00",
    a_day=Range(9.2, 12.1, 16.0),
    unwanted=Range(0.2, 0.3, 0.45),
    good=Range(0.01, 0.03, 0.05),
    basis="1,000 pictures of the stream, 7 days, 24 of your labels",
)


def test_it_says_what_owners_mean() -> None:
    assert str(PROMISE) == (
        "about 12 pictures a day (9.2 to 16), of which you would not have kept about 30 % (20 to 45 %)"
    )
    rare = replace(PROMISE, a_day=Range(0.0, 0.42, 1.0), unwanted=Range(0.0, 0.012, 1.0))
    assert str(rare).startswith("about 0.4 pictures a day (0.0 to 1.0)")
    assert str(rare).endswith("about 1.2 % (0 to 100 %)")


def test_a_bundle_has_one_promise_the_last() -> None:
    store = FakeStore()
    write_promise(store, PROMISE)
    write_promise(store, replace(PROMISE, basis="less"))
    other = replace(PROMISE, bundle="mine@1.0.2")
    write_promise(store, other)
    assert list(read_promises(store)) == [replace(PROMISE, basis="less"), other]


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"\xff", b'{"version": 2}'])
def test_what_is_no_promise_is_left_out(spoilt: bytes) -> None:
    store = FakeStore()
    store.objects["promises/x.json"] = spoilt
    write_promise(store, PROMISE)
    assert list(read_promises(store)) == [PROMISE]


def test_the_interval_of_a_share() -> None:
    wilson = share_range(13, 40)
    assert (round(wilson.low, 3), wilson.value, round(wilson.high, 3)) == (0.201, 0.325, 0.480)
    none, every = share_range(0, 10), share_range(10, 10)
    assert (none.low, round(none.high, 3)) == (0.0, 0.278)
    assert (round(every.low, 3), every.high) == (0.722, 1.0)
    assert wilson.meets(none)
    assert not none.meets(every)
