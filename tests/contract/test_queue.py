"""What every queue promises."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.ports import Message, Queue
from tests.contract.servers import CLOUDS

LONG_S, SHORT_S = 60, 1
MAX_RECEIVES = 3
_PATIENCE_S = 20.0

MakeQueue = Callable[[int], Queue]


@pytest.fixture(params=["sqlite", *CLOUDS])
def make_queue(request: pytest.FixtureRequest, tmp_path: Path) -> MakeQueue:
    def make(visibility_s: int) -> Queue:
        if request.param == "sqlite":
            return SqliteQueue(
                tmp_path / "queue.db", visibility_s=float(visibility_s), max_receives=MAX_RECEIVES
            )
        cloud = request.getfixturevalue(request.param)
        urls = cloud.queues(visibility_s=visibility_s, max_receives=MAX_RECEIVES)
        return SqsQueue(cloud.client("sqs"), *urls)

    return make


@pytest.fixture
def queue(make_queue: MakeQueue) -> Queue:
    return make_queue(LONG_S)


def received(queue: Queue, count: int = 1) -> list[Message]:
    """Receive until `count` messages are there; SQS may give them in several answers."""
    found: list[Message] = []
    until = time.monotonic() + _PATIENCE_S
    while len(found) < count and time.monotonic() < until:
        found += queue.receive(count - len(found))
    assert len(found) == count
    return found


def test_delivers_what_was_sent(queue: Queue) -> None:
    bodies = {f"body {n} ünïcode 🐦" for n in range(25)}
    assert queue.send([(f"id-{n}", body) for n, body in enumerate(sorted(bodies))]) == 25
    messages = received(queue, 25)
    assert {message.body for message in messages} == bodies
    assert {message.receives for message in messages} == {1}
    assert len({message.id for message in messages}) == len({message.receipt for message in messages}) == 25


def test_sends_more_bytes_than_a_request_carries(queue: Queue) -> None:
    bodies = [str(n) * 200_000 for n in range(8)]
    assert queue.send([(str(n), body) for n, body in enumerate(bodies)]) == 8
    assert sorted(message.body for message in received(queue, 8)) == bodies


def test_sending_nothing_sends_nothing(queue: Queue) -> None:
    assert queue.send([]) == 0
    assert queue.receive(1) == []


def test_takes_no_more_than_asked_for(queue: Queue) -> None:
    queue.send([(str(n), str(n)) for n in range(12)])
    assert len(queue.receive(11)) == 11


def test_a_delivery_is_invisible_to_others(queue: Queue) -> None:
    queue.send([("a", "a")])
    received(queue)
    assert queue.receive(1) == []
    depth = queue.depth()
    assert (depth.ready, depth.in_flight) == (0, 1)


def test_an_acknowledged_delivery_is_gone(queue: Queue) -> None:
    queue.send([(str(n), str(n)) for n in range(12)])
    queue.delete([message.receipt for message in received(queue, 12)])
    depth = queue.depth()
    assert (depth.ready, depth.delayed, depth.in_flight, depth.dead) == (0, 0, 0, 0)


def test_acknowledging_twice_does_no_harm(queue: Queue) -> None:
    queue.send([("a", "a")])
    receipt = received(queue)[0].receipt
    queue.delete([receipt])
    queue.delete([receipt])
    queue.release(receipt, 0)
    assert queue.receive(1) == []


def test_a_delivery_that_is_not_settled_comes_again(make_queue: MakeQueue) -> None:
    queue = make_queue(SHORT_S)
    queue.send([("a", "body")])
    first = received(queue)[0]
    again = received(queue)[0]
    assert (again.body, again.receives) == ("body", 2)
    assert again.receipt != first.receipt


def test_a_released_delivery_comes_again(queue: Queue) -> None:
    queue.send([("a", "body")])
    queue.release(received(queue)[0].receipt, 0)
    assert received(queue)[0].receives == 2


def test_a_delivery_released_for_later_waits(queue: Queue) -> None:
    queue.send([("a", "body")])
    queue.release(received(queue)[0].receipt, 30.5)
    assert queue.receive(1) == []
    depth = queue.depth()
    assert (depth.ready, depth.delayed + depth.in_flight) == (0, 1)


def test_a_message_delivered_too_often_is_dead(queue: Queue) -> None:
    queue.send([("a", "body")])
    for _ in range(MAX_RECEIVES):
        queue.release(received(queue)[0].receipt, 0)
    assert queue.receive(1) == []
    assert queue.depth().dead == 1


def test_a_buried_delivery_is_dead_until_redriven(queue: Queue) -> None:
    queue.send([("a", "poison"), ("b", "good")])
    for message in received(queue, 2):
        if message.body == "poison":
            queue.bury(message, "cannot be read: \x00\uffff " + "x" * 5000)
        else:
            queue.delete([message.receipt])
    assert queue.receive(1) == []
    assert queue.depth().dead == 1

    assert queue.redrive() == 1
    assert queue.depth().dead == 0
    assert (received(queue)[0].body, queue.redrive()) == ("poison", 0)
