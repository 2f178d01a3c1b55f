"""What is particular to the embedded queue; what every queue promises is in tests/contract."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bowerbird.adapters.sqlite.queue import SCHEMA, SqliteQueue
from bowerbird.core.ports import QueueDepth


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(tmp_path: Path, clock: Clock) -> SqliteQueue:
    return SqliteQueue(tmp_path / "queue.db", visibility_s=30, max_receives=3, clock=clock)


def test_an_unsettled_delivery_comes_back_after_the_visibility_timeout(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send([("a", "body")])
    assert [m.receives for m in queue.receive(10)] == [1]
    assert queue.receive(10) == []
    clock.now += 31
    assert [(m.id, m.body, m.receives) for m in queue.receive(10)] == [("a", "body", 2)]


def test_a_late_receipt_does_not_settle_somebody_elses_delivery(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    (late,) = queue.receive(1)
    clock.now += 31
    (current,) = queue.receive(1)
    queue.delete([late.receipt])
    queue.bury(late, "late")
    assert queue.depth() == QueueDepth(ready=0, delayed=0, in_flight=1, dead=0)
    queue.delete([current.receipt])
    assert queue.depth() == QueueDepth(0, 0, 0, 0)


def test_after_max_receives_a_message_is_dead_and_says_why(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    for _ in range(3):
        assert len(queue.receive(1)) == 1
        clock.now += 31
    assert queue.receive(1) == []
    assert queue.depth().dead == 1
    assert queue.dead_letters(5) == [("a", "delivered 3 times")]
    assert queue.redrive() == 1
    assert [m.receives for m in queue.receive(1)] == [1]


def test_a_delivery_given_back_uncounted_brings_no_death_nearer(queue: SqliteQueue) -> None:
    queue.send([("a", "body")])
    for _ in range(5):
        (message,) = queue.receive(1)
        assert message.receives == 1
        queue.release(message.receipt, 0, counted=False)
    assert queue.depth() == QueueDepth(ready=1, delayed=0, in_flight=0, dead=0)


def test_what_waits_or_is_dead_is_not_taken_twice(queue: SqliteQueue) -> None:
    assert queue.send([("a", "1"), ("b", "2"), ("a", "3")]) == 2
    (first, _) = queue.receive(2)
    queue.bury(first, "poison")
    assert queue.send([("a", "again"), ("b", "again"), ("c", "new")]) == 1


def test_a_released_message_waits_for_its_delay(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    queue.release(queue.receive(1)[0].receipt, 10)
    assert queue.depth() == QueueDepth(ready=0, delayed=1, in_flight=0, dead=0)
    clock.now += 11
    assert [m.receives for m in queue.receive(1)] == [2]


def test_the_clock_going_back_hides_nothing_for_longer_than_it_went_back(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send([("a", "body")])
    clock.now -= 500
    assert [m.id for m in queue.receive(1)] == ["a"]


_HOLDER = """
import sys, time
from pathlib import Path
from bowerbird.adapters.sqlite.queue import SqliteQueue
queue = SqliteQueue(Path(sys.argv[1]))
print(len(queue.receive(2)), flush=True)
time.sleep(60)
"""


def hold_two(path: Path) -> subprocess.Popen[str]:
    """A process that has received two messages."""
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "2\n"
    return holder


def test_messages_of_a_killed_process_come_back_at_once(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    queue = SqliteQueue(path)
    queue.send([("a", "1"), ("b", "2"), ("c", "3")])
    holder = hold_two(path)
    assert SqliteQueue(path).depth().in_flight == 2, "a living holder keeps its messages"
    assert [m.id for m in queue.receive(10)] == ["c"]
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert queue.receive(10) == [], "this is when it is noticed"
    assert [(m.id, m.receives) for m in queue.receive(10)] == [("a", 1), ("b", 1)], "a death does not count"


def test_messages_of_a_killed_process_are_free_for_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    queue = SqliteQueue(path)
    queue.send([("a", "1"), ("b", "2"), ("c", "3")])
    holder = hold_two(path)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert SqliteQueue(path).depth() == QueueDepth(ready=3, delayed=0, in_flight=0, dead=0)
    assert sorted(m.id for m in queue.receive(10)) == ["a", "b", "c"]


def test_a_clock_that_is_set_back_keeps_nobody_waiting(queue: SqliteQueue, clock: Clock) -> None:
    """Put off for ten seconds, then the clock goes back by 400 days: due, and not after 400 days."""
    queue.send([("a", "body")])
    queue.release(queue.receive(1)[0].receipt, 10)
    clock.now -= 400 * 86_400
    assert queue.receive(1) == [], "this is when it is noticed"
    assert [message.id for message in queue.receive(1)] == ["a"]


@pytest.mark.parametrize("step", [400 * 86_400, 3 * 3600, 12])
def test_a_clock_that_was_set_back_between_two_runs_neither(
    tmp_path: Path, clock: Clock, step: float
) -> None:
    before = SqliteQueue(tmp_path / "queue.db", clock=clock)
    before.send([("a", "body")])
    before.release(before.receive(1)[0].receipt, 10)
    before.close()
    clock.now -= step
    assert SqliteQueue(tmp_path / "queue.db", clock=clock).depth() == QueueDepth(1, 0, 0, 0)


def test_a_clock_that_is_kept_right_frees_nothing_early(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    queue.release(queue.receive(1)[0].receipt, 10)
    clock.now -= 0.5
    assert (queue.receive(1), queue.receive(1)) == ([], [])
    assert queue.depth().delayed == 1


def test_what_a_living_process_holds_keeps_its_time_out_when_the_clock_is_set_back(
    queue: SqliteQueue, clock: Clock
) -> None:
    queue.send([("a", "body")])
    (held,) = queue.receive(1)
    clock.now -= 400 * 86_400
    assert (queue.receive(1), queue.receive(1)) == ([], [])
    clock.now += 31
    assert [message.receives for message in queue.receive(1)] == [2], "it timed out as it would have"
    assert held.receives == 1


def test_a_clock_that_is_set_forward_ends_the_wait(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    queue.release(queue.receive(1)[0].receipt, 10)
    clock.now += 400 * 86_400
    assert [message.id for message in queue.receive(1)] == ["a"]


def test_no_delay_is_longer_than_half_a_day(queue: SqliteQueue, clock: Clock) -> None:
    queue.send([("a", "body")])
    queue.release(queue.receive(1)[0].receipt, 400 * 86_400)
    clock.now += 12 * 3600
    assert [message.id for message in queue.receive(1)] == ["a"]


def test_the_queue_of_an_older_version_is_gone_on_with(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "queue.db"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA)
        db.execute("INSERT INTO messages (id, body, visible_at) VALUES ('a', '1', 0), ('b', '2', 9e9)")
    db.close()
    assert [message.id for message in SqliteQueue(path, clock=clock).receive(9)] == ["a", "b"]
