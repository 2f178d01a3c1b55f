"""A crawl that ends early, however it does, is told: the run fails, or goes on and tries again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import BowerbirdError, SourceBlockedError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.ports import Message, QueueDepth
from bowerbird.filter.consumer import Outcome
from bowerbird.host.counts import RunCounts
from bowerbird.host.host import Crawl, CrawlError, EmbeddedHost
from tests.fakes import FakeLedger


class Judge:
    """Decides everything, and remembers what; `last` ends the run."""

    def __init__(self, last: threading.Event) -> None:
        self.judged: list[str] = []
        self._last = last

    def consume(self, message: Message) -> Outcome:
        self.judged.append(message.id)
        if message.id == "last":
            self._last.set()
        return Outcome.DECIDED


def candidate(name: str) -> Candidate:
    return Candidate(name, ("https://a.example/1.jpg",), Submission("test", name))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EmbeddedHost]:
    queue = SqliteQueue(tmp_path / "queue.db")
    stop = threading.Event()
    yield EmbeddedHost(queue, FakeLedger(), Judge(stop), RunCounts(), 1, stop)  # type: ignore[arg-type]
    queue.close()


def judged(host: EmbeddedHost) -> list[str]:
    assert isinstance(host.consumer, Judge)
    return host.consumer.judged


def breaks_off(error: Exception) -> Iterable[Candidate | str]:
    yield candidate("before")
    raise error


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (ValueError("year 0 is out of range"), CrawlError, "ValueError: year 0 is out of range"),
        (AssertionError(), CrawlError, "AssertionError: ; -v shows where"),
        (RecursionError(), CrawlError, "RecursionError"),
        (MemoryError(), CrawlError, "MemoryError"),
        (SourceBlockedError("refused"), SourceBlockedError, "refused"),
    ],
)
def test_a_single_crawl_that_dies_fails_the_run(
    host: EmbeddedHost, error: Exception, raised: type[BowerbirdError], words: str
) -> None:
    told: list[BowerbirdError] = []
    host.on_failed = told.append
    with pytest.raises(raised, match=words):
        host.run(lambda: breaks_off(error))
    assert [type(each) for each in told] == [raised]
    assert judged(host) == ["before"]
    (problem,) = host.tally.problems.values()
    assert words.split(";", maxsplit=1)[0] in problem.words


def test_crawling_again_and_again_goes_on_after_any_exception(host: EmbeddedHost) -> None:
    rounds: list[Iterable[Candidate | str]] = [
        breaks_off(ValueError("x")),
        breaks_off(AssertionError()),
        [candidate("last")],
    ]
    host.run(lambda: rounds.pop(0) if rounds else [], every_s=0.001)
    assert set(judged(host)) == {"before", "last"}
    assert [problem.times for problem in host.tally.problems.values()] == [1, 1]


def test_remembering_that_fails_is_tried_again_too(host: EmbeddedHost) -> None:
    calls: list[int] = []

    def remember() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("cursor")
        host.stop.set()

    host.on_crawled = remember
    host.run(list, every_s=0.001)
    assert len(calls) == 2


def test_a_stream_that_fails_keeps_no_other_from_being_read(host: EmbeddedHost) -> None:
    done: list[str] = []
    failed: list[BowerbirdError] = []
    crawls = [
        Crawl(lambda: breaks_off(SourceBlockedError("refused")), lambda: done.append("1"), failed.append),
        Crawl(lambda: [candidate("second")], lambda: done.append("2")),
        Crawl(lambda: breaks_off(KeyError("third")), lambda: done.append("3"), failed.append),
    ]
    with pytest.raises(SourceBlockedError, match="refused"):
        host.run_all(crawls)
    assert set(judged(host)) == {"before", "second"}
    assert done == ["2"]
    assert [type(each) for each in failed] == [SourceBlockedError, CrawlError]


def test_a_limit_holds_for_all_streams_together(host: EmbeddedHost) -> None:
    crawls = [Crawl(lambda n=n: [candidate(f"{n}-{i}") for i in range(3)]) for n in range(3)]
    host.run_all(crawls, limit=4)
    assert judged(host) == ["0-0", "0-1", "0-2", "1-0"]


def test_outside_of_its_hours_a_run_neither_crawls_nor_downloads(host: EmbeddedHost) -> None:
    host.queue.send([("waiting", "body")])
    told: list[str] = []
    looks: list[list[str]] = []

    def is_open() -> bool:
        looks.append(list(judged(host)))
        return len(looks) > 20

    host.is_open, host.on_pause = is_open, lambda: told.append("paused")
    host.run(lambda: [candidate("found")])
    assert looks[20] == []
    assert told == ["paused"]
    assert set(judged(host)) == {"waiting", "found"}


def test_a_run_that_pauses_can_be_stopped(host: EmbeddedHost) -> None:
    host.is_open, host.on_pause = (lambda: False), host.stop.set
    host.run(lambda: [candidate("never")], every_s=60)
    assert judged(host) == []


def test_a_run_says_that_it_is_alive_before_anything_else(host: EmbeddedHost) -> None:
    beats: list[list[str]] = []
    host.on_beat = lambda: beats.append(list(judged(host)))
    host.run(lambda: [candidate("one")])
    assert beats == [[]]


def test_a_round_is_told_when_all_that_it_found_is_judged(host: EmbeddedHost) -> None:
    told = list[list[str]]()
    found, over = iter([["a", "b"], ["last"]]), threading.Event()

    def tell(_tally: RunCounts, _depth: QueueDepth) -> None:
        told.append(list(judged(host)))
        over.set()

    def crawl() -> list[Candidate]:
        names = next(found, [])
        assert names != ["last"] or over.wait(60)
        return [candidate(name) for name in names]

    host.on_round = tell
    host.run(crawl, every_s=0.001)
    assert told == [["a", "b"]]
    assert judged(host) == ["a", "b", "last"]


def test_now_means_now_though_a_host_is_slow(host: EmbeddedHost) -> None:
    slow, begun = threading.Event(), threading.Event()

    class Waits:
        def consume(self, _message: Message) -> Outcome:
            begun.set()
            slow.wait(30)
            return Outcome.DECIDED

    def again(_tally: RunCounts, _depth: QueueDepth) -> None:
        if begun.is_set():
            raise KeyboardInterrupt

    host.consumer, host.on_progress = Waits(), again  # type: ignore[assignment]
    try:
        with pytest.raises(KeyboardInterrupt):
            host.run(lambda: [candidate("a")])
        assert not slow.is_set()  # nobody waited for it
        assert host.queue.depth().in_flight == 1
    finally:
        slow.set()
        logging.disable(logging.NOTSET)
