"""The sample of the stream: uniform, bounded, the same whoever offers, and gone with its posts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.stream_sample import (
    Look,
    StreamSample,
    decode_look,
    encode_look,
    forget,
    posts,
    read_sample,
)
from tests.fakes import FakeStore

MOST = 20


class Counting(FakeStore):
    """A store that counts what it costs."""

    def __init__(self) -> None:
        super().__init__()
        self.puts = 0

    def put(self, key: str, data: bytes, *, content_type: str, if_absent: bool = False) -> bool:
        self.puts += 1
        return super().put(key, data, content_type=content_type, if_absent=if_absent)


def submission(number: int, author: str | None = "ansel", source: str = "reddit") -> Submission:
    return Submission(source, f"t3_{number}", author=author)


def look(number: int, source: str = "reddit") -> Look:
    return Look(
        candidate=f"t3_{number}/x",
        source=source,
        submission=f"t3_{number}",
        day="2026-11-26",
        bundle="mine@1.0.0",
        score=number / 7,
        kept=number % 2 == 0,
        of="preview",
        numbers=bytes([number % 256, 10, 0, 255]),
    )


def offer(sample: StreamSample, *numbers: int) -> list[bool]:
    return [sample.offer(look(number), submission(number)) for number in numbers]


def smallest(numbers: range) -> set[str]:
    return set(sorted((look(number).candidate for number in numbers), key=digest)[:MOST])


def held(store: FakeStore, encoder: str = "lite") -> set[str]:
    return {each.candidate for each in read_sample(store, encoder, MOST)}


@pytest.mark.parametrize("order", [range(500), range(499, -1, -1)])
def test_it_holds_the_smallest_hashes_in_whatever_order_they_come(order: range) -> None:
    store = Counting()
    offer(StreamSample(store, "lite", MOST), *order)
    assert held(store) == smallest(range(500))
    assert len(store.objects) == MOST
    assert store.puts < 6 * MOST  # about MOST * (1 + ln(500 / MOST))


def test_many_writers_make_one_sample() -> None:
    store = FakeStore()
    writers = [StreamSample(store, "lite", MOST) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda at: offer(writers[at], *range(at, 500, 4)), range(4)))
    # Whoever opens the place next takes out what is beyond the bound.
    offer(StreamSample(store, "lite", MOST), 0)
    assert held(store) == smallest(range(500))
    assert len(store.objects) == MOST


def test_a_second_delivery_changes_nothing() -> None:
    store = FakeStore()
    assert offer(StreamSample(store, "lite", MOST), 1, 1) == [True, False]
    before = dict(store.objects)
    offer(StreamSample(store, "lite", MOST), 1)
    assert store.objects == before


def test_another_encoder_has_another_sample() -> None:
    store = FakeStore()
    offer(StreamSample(store, "lite", MOST), 1)
    offer(StreamSample(store, "clip", MOST), 2)
    assert (held(store), held(store, "clip")) == ({"t3_1/x"}, {"t3_2/x"})


def test_a_row_reads_back_as_it_was_written() -> None:
    told = replace(look(3), candidate="t3_3/naïve\n\ud800", numbers=bytes(range(256)))
    again = decode_look(encode_look(told))
    assert again is not None
    assert replace(again, candidate="") == replace(told, candidate="")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        encode_look(look(1))[:40],
        encode_look(look(1)).partition(b"\n")[0],
        encode_look(look(1)).replace(b'"version": 1', b'"version": 2'),
        encode_look(look(1)).replace(b"0.14285714285714285", b"NaN"),
    ],
)
def test_a_damaged_row_is_left_out(data: bytes) -> None:
    store = FakeStore()
    offer(StreamSample(store, "lite", MOST), 1, 2)
    store.objects[next(key for key in store.objects if digest("t3_1/x") in key)] = data
    assert held(store) == {"t3_2/x"}


def test_posts_and_authors_are_forgotten_in_their_own_source_only() -> None:
    store = FakeStore()
    sample = StreamSample(store, "lite", MOST)
    offer(sample, 1, 2)
    sample.offer(look(3), submission(3, author="weston"))
    sample.offer(look(4), submission(4, author=None))
    sample.offer(look(5, "lemmy"), submission(5, source="lemmy"))
    offer(StreamSample(store, "clip", MOST), 1)
    assert forget(store, "reddit", {"t3_1"}) == 2
    assert forget(store, "reddit", {"t3_5"}, {"weston"}) == 1
    assert posts(store) == {("reddit", "t3_2"), ("reddit", "t3_4"), ("lemmy", "t3_5")}
    assert forget(store, "lemmy", (), {"ansel"}) == 1
    assert forget(store, "reddit", (), ()) == 0


def test_no_name_says_who_it_was() -> None:
    store = FakeStore()
    offer(StreamSample(store, "lite", MOST), 1)
    (key,) = store.objects
    assert "ansel" not in key + repr(store.objects[key])
    assert "t3_1" not in key


def test_places_that_became_free_are_taken_again() -> None:
    store = FakeStore()
    sample = StreamSample(store, "lite", MOST)
    offer(sample, *range(500))
    forget(store, "reddit", {each.partition("/")[0] for each in smallest(range(500))})
    assert held(store) == set()
    offer(sample, *range(500, 2000))  # it looks again after a thousand candidates
    assert len(held(store)) == MOST
