"""Deliveries in process, where chance decides between any two operations.

Duplicates, reorders, clocks that jump, two consumers at once, stores that fail before or after they have
written, and deaths in the middle of everything: a `Killed` passes all handlers, as the end of a process does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, Semaphore
from typing import Any, cast

import pytest

from bowerbird.adapters.aws.ledger import DynamoLedger
from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.errors import BowerbirdError, RetryableError, StoreError
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from bowerbird.core.ports import Ledger, ObjectStore, Queue
from bowerbird.core.reasons import Word
from bowerbird.filter.candidates import CandidateFilter
from bowerbird.filter.consumer import Consumer, Outcome
from bowerbird.filter.parts import Parts
from bowerbird.filter.policy import Entrance, pipeline
from bowerbird.filter.shape import NOMADS
from bowerbird.filter.survivors import Survivors
from tests.aws_servers import Cloud
from tests.chaos.rig import FILES, GONE, assert_all_is_right
from tests.fakes import FakeFetcher
from tests.serving import BrightModels

CANDIDATES = 24


class AnyTaste(BrightModels):
    """Keeps whatever passes the other stages."""

    preview_margin = None
    preview_side = 256
    glance = None


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Chance:
    """Decides what goes wrong; `calm` is recovery. A jump moves the clock by up to a day, back and forth."""

    random: random.Random
    calm: bool = False
    now: float = 1e9

    def __post_init__(self) -> None:
        self._lock = Lock()

    def strike(self) -> None:
        """Before or after an operation: nothing, a fault of the store, or the end."""
        with self._lock:
            dice = 1.0 if self.calm else self.random.random()
        if dice < 0.03:
            raise Killed
        if dice < 0.08:
            raise StoreError("struck")

    def clock(self) -> float:
        with self._lock:
            if not self.calm and self.random.random() < 0.1:
                self.now += self.random.uniform(-86400, 86400)
            self.now += 0.01
            return self.now


class Struck:
    """A port whose every operation may fail before and after it was done."""

    def __init__(self, port: Any, chance: Chance) -> None:
        self._port, self._chance = port, chance

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._chance.strike()
            done = operation(*args, **kwargs)
            self._chance.strike()
            return done

        return call


@dataclass
class World:
    """The real adapters; `open` makes them anew, as a process that starts does."""

    queue: Callable[[], Queue]
    ledger: Callable[[], Ledger]
    store: ObjectStore


@pytest.fixture(params=["embedded", "cloud"])
def world(request: pytest.FixtureRequest, tmp_path: Path, chance: Chance) -> Iterator[World]:
    if request.param == "embedded":
        store = FolderStore(tmp_path)
        yield World(
            lambda: SqliteQueue(tmp_path / "q.db", visibility_s=3600, max_receives=10**6, clock=chance.clock),
            lambda: SqliteLedger(tmp_path / "l.db", store),
            store,
        )
        return
    yield in_the_cloud(request.getfixturevalue("moto"), max_receives=1000)


def in_the_cloud(cloud: Cloud, *, max_receives: int) -> World:
    bucket = S3Store(cloud.client("s3"), cloud.bucket())
    urls, table = cloud.queues(visibility_s=1, max_receives=max_receives), cloud.table()
    return World(
        lambda: SqsQueue(cloud.client("sqs"), *urls),
        lambda: DynamoLedger(cloud.client("dynamodb"), table, bucket),
        bucket,
    )


@pytest.fixture
def chance(chaos_seed: int) -> Chance:
    return Chance(random.Random(chaos_seed))


def messages() -> list[tuple[str, str]]:
    def candidate(number: int) -> Candidate:
        url = f"https://pictures.example/p{number}.jpg"
        return Candidate(f"c{number}", (url,), Submission("urls", f"c{number}"))

    return [(f"c{number}", encode_candidate(candidate(number))) for number in range(CANDIDATES)]


def process(world: World, chance: Chance, deliveries: int) -> None:
    """One life of the filter: takes some deliveries, two at once, in the order that chance likes."""
    ledger = Struck(world.ledger(), chance)
    store = Struck(world.store, chance)
    answers: dict[str, bytes | BowerbirdError] = {
        f"https://pictures.example/p{number}.jpg": FILES[number]
        for number in range(CANDIDATES)
        if number not in GONE
    }
    if not chance.calm:
        answers[chance.random.choice(list(answers))] = RetryableError("503", Word.BUSY)
    parts = Parts(
        AnyTaste(threshold=-1, watermark=None), Semaphore(2), FakeFetcher(answers), ledger, shape=NOMADS
    )
    queue = world.queue()
    consumer = Consumer(
        CandidateFilter(pipeline(parts, Entrance.QUEUE), ledger, Survivors(store, ledger), "b@1"),
        Struck(queue, chance), max_receives=10**6, base_delay_s=0, jitter=lambda: 0.0,
    )  # fmt: skip
    try:
        with ThreadPoolExecutor(2) as pool:
            taken = queue.receive(deliveries)
            if not chance.calm:
                chance.random.shuffle(taken)
                taken += taken[:3]  # delivered twice at once
            outcomes = list(pool.map(consumer.consume, taken))
        ledger.flush()
        settled = [m.receipt for m, each in zip(taken, outcomes, strict=True) if each is Outcome.DECIDED]
        queue.delete(list(dict.fromkeys(settled)))
    except (Killed, StoreError):
        return  # what was taken is in flight, and what was decided may have no line


def test_each_candidate_is_decided_once_and_each_survivor_stored_once(world: World, chance: Chance) -> None:
    for _ in range(12):
        if chance.random.random() < 0.5:
            sent = messages()
            chance.random.shuffle(sent)
            world.queue().send(sent)
        process(world, chance, chance.random.randrange(1, 16))
    chance.calm, chance.now = True, 1e12
    world.queue().send(messages())
    for _ in range(40):
        process(world, chance, 10)
        depth = world.queue().depth()
        if depth.ready == depth.delayed == depth.in_flight == 0:
            break
    assert world.queue().depth().dead == 0
    assert_all_is_right(world.store, CANDIDATES)


class Down:
    """A store that fails for as long as anybody asks."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*_: Any, **__: Any) -> Any:
            raise StoreError(f"{name}: the store is down")

        return call


def test_an_outage_beyond_all_deliveries_leaves_dead_letters_that_are_judged_once_redriven(
    moto: Cloud,
) -> None:
    """SQS counts every delivery, whoever's fault it was. Nothing is decided in an outage, nothing lost."""
    chance = Chance(random.Random(0), calm=True)
    world = in_the_cloud(moto, max_receives=2)
    down = replace(world, store=cast("ObjectStore", Down()))
    queue = world.queue()
    queue.send(messages())
    while queue.depth().dead < CANDIDATES:
        process(down, chance, 10)
    assert list(world.store.keys("")) == []

    assert queue.redrive() == CANDIDATES
    while queue.depth().ready:
        process(world, chance, 10)
    assert queue.depth().dead == 0
    assert_all_is_right(world.store, CANDIDATES)
