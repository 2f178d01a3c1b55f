"""What is found goes on the queue in batches, and is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from bowerbird.core.decisions import Decision
from bowerbird.core.errors import SourceBlockedError
from bowerbird.core.messages import Candidate, Submission, decode_candidate
from bowerbird.core.ports import Message, QueueDepth
from bowerbird.core.post import Attachment, Post
from bowerbird.core.reasons import Reason, Word
from bowerbird.crawl.crawler import Crawler, Skipped
from bowerbird.crawl.enqueue import CrawlCounts, enqueue, ship
from bowerbird.crawl.following.cursor import FollowedSource
from bowerbird.crawl.following.cursor_store import CursorStore
from bowerbird.crawl.sources.listing import RunBudget
from tests.fakes import FakeLedger, FakeStore
from tests.unit.crawl.fakes import FakeSource, NoNetwork


@dataclass
class FakeQueue:
    """Takes messages; an id that waits already is dropped."""

    sent: list[list[tuple[str, str]]] = field(default_factory=list)

    def send(self, messages: Sequence[tuple[str, str]]) -> int:
        waiting = {name for batch in self.sent for name, _ in batch}
        self.sent.append(list(messages))
        return len({name for name, _ in messages} - waiting)

    def receive(self, limit: int) -> list[Message]:
        raise NotImplementedError(limit)

    def delete(self, receipts: Sequence[str]) -> None:
        raise NotImplementedError(receipts)

    def release(self, receipt: str, delay_s: float) -> None:
        raise NotImplementedError(receipt, delay_s)

    def bury(self, message: Message, reason: str) -> None:
        raise NotImplementedError(message, reason)

    def depth(self) -> QueueDepth:
        raise NotImplementedError

    def redrive(self) -> int:
        raise NotImplementedError


class FakeListing(FakeSource):
    """Posts from a list, of ids that are counted."""

    order = "id"


def candidate(number: int) -> Candidate:
    return Candidate(f"t3_a/{number}", ("https://example.org/a.jpg",), Submission("test", "t3_a"))


def test_candidates_are_sent_in_batches_and_skips_counted() -> None:
    queue = FakeQueue()
    found = [
        *map(candidate, range(23)),
        candidate(0),
        Skipped("t3_b", Reason(Word.GONE, "x")),
        Skipped("t3_c", Reason(Word.GONE, "y")),
    ]
    assert ship(found, queue) == CrawlCounts(24, 23, {"gone": 2}, complete=True)
    assert [len(batch) for batch in queue.sent] == [10, 10, 4]
    assert decode_candidate(queue.sent[0][3][1]) == candidate(3)


def test_when_time_is_up_what_was_found_is_still_sent() -> None:
    queue = FakeQueue()
    left = iter([True, True, False])
    assert ship(map(candidate, range(100)), queue, in_time=lambda: next(left)) == CrawlCounts(
        3, 3, {}, complete=False
    )
    assert [len(batch) for batch in queue.sent] == [3]


def test_posts_that_could_not_be_read_are_counted_by_kind() -> None:
    found = [
        Skipped("a", Reason(Word.ERROR, "ValueError")),
        Skipped("b", Reason(Word.ERROR, "KeyError")),
        Skipped("c", Reason(Word.ERROR, "KeyError")),
    ]
    assert ship(found, FakeQueue()).skipped == {"error: ValueError": 1, "error: KeyError": 2}


def test_a_poisoned_post_neither_fails_a_run_nor_comes_again() -> None:
    """As the cloud's function crawls: to the queue, then the cursor is committed."""
    poisoned = Post(Submission("fake", "t3_2"), attachments=(Attachment("x", (), "test"),))
    good = Post(
        Submission("fake", "t3_1"), attachments=(Attachment("x", ("https://a.example/1.jpg",), "test"),)
    )
    listing, store, queue = FakeListing([poisoned, good]), FakeStore(), FakeQueue()
    shipped = []
    for _ in range(2):
        source = FollowedSource(listing, RunBudget(10, 60), CursorStore(store, "fake"))
        shipped.append(ship(Crawler(NoNetwork()).crawl(source), queue))
        source.commit()
    assert [(each.candidates, each.skipped) for each in shipped] == [(1, {"error: IndexError": 1}), (0, {})]
    assert [name for batch in queue.sent for name, _ in batch] == ["t3_1/x"]


def test_nothing_found_sends_nothing() -> None:
    queue = FakeQueue()
    assert ship([], queue) == CrawlCounts()
    assert queue.sent == []


def broken_off(count: int) -> Iterator[Candidate]:
    yield from map(candidate, range(count))
    raise SourceBlockedError("refused")


def test_what_was_found_before_a_crawl_broke_off_is_sent() -> None:
    queue = FakeQueue()
    with pytest.raises(SourceBlockedError, match="refused"):
        ship(broken_off(12), queue)
    assert [len(batch) for batch in queue.sent] == [10, 2]


def test_what_the_ledger_has_decided_is_not_sent_again() -> None:
    queue, ledger = FakeQueue(), FakeLedger()
    ledger.decisions["t3_a/1"] = Decision(
        "t3_a/1", keep=False, stage="novelty", reason=Reason(Word.NOVELTY), bundle="b", decided_at=""
    )
    queue.send([("t3_a/2", "")])
    (batch,) = enqueue(map(candidate, range(4)), queue, ledger=ledger)
    assert (batch.decided, batch.waiting, batch.new) == (1, 1, 2)
    assert [name for name, _ in queue.sent[1]] == ["t3_a/0", "t3_a/2", "t3_a/3"]


def test_a_limit_counts_what_is_new_and_asks_for_no_more() -> None:
    queue = FakeQueue()
    queue.send([("t3_a/0", "")])
    found = map(candidate, range(100))
    assert [batch.new for batch in enqueue(found, queue, limit=12)] == [9, 3]
    assert next(found) == candidate(13)


def test_nothing_is_asked_for_until_the_next_batch_is() -> None:
    found = map(candidate, range(100))
    batches = enqueue(found, FakeQueue())
    next(batches)
    assert next(found) == candidate(10)


def test_where_no_post_gives_a_candidate_the_reasons_are_told_all_the_same() -> None:
    queue = FakeQueue()
    skips = [Skipped(f"t3_{n}", Reason(Word.GONE)) for n in range(120)]
    assert [len(batch.skipped) for batch in enqueue(skips, queue)] == [50, 50, 20]
    assert queue.sent == []
