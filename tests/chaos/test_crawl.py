"""The crawl function is killed between any two operations: no post that came is left out.

A run sends candidates first and writes its cursor last. So a run that dies has at most sent what the next one
sends again, and the queue or the ledger knows such a candidate.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.adapters.sqlite.ledger import SqliteLedger
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.assembly import Adapters
from bowerbird.core.errors import BowerbirdError, StoreError
from bowerbird.core.messages import decode_candidate
from bowerbird.core.ports import Fetched
from bowerbird.crawl.hosts import turns
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import crawl_on
from tests.chaos.test_deliveries import Chance, Killed, Struck, World, in_the_cloud
from tests.fakes import FakeFetcher

LIVES = 8
FIRST = 40


@dataclass
class Archive:
    """A source that grows: posts are read newest first, a page at a time."""

    posts: list[dict[str, Any]] = field(default_factory=list)

    def grow(self, count: int) -> None:
        for number in range(len(self.posts) + 1, len(self.posts) + count + 1):
            name = f"a{number:05}"
            self.posts.append(
                {
                    "id": name, "name": f"t3_{name}", "title": name, "subreddit": "EarthPorn",
                    "created_utc": 1.7e9 + 60 * number, "url": f"https://i.redd.it/{name:0>13}.jpg",
                }
            )  # fmt: skip

    def fetch(self, url: str, **_: object) -> Fetched:
        query = parse_qs(urlsplit(url).query)
        before, most = float(query.get("before", ["inf"])[0]), min(int(query["limit"][0]), 100)
        found = [post for post in reversed(self.posts) if post["created_utc"] < before][:most]
        return Fetched(url, 200, {}, json.dumps({"data": found}).encode())


@dataclass
class Often(Chance):
    """A run has hardly ten operations, so each strikes often."""

    def strike(self) -> None:
        dice = 1.0 if self.calm else self.random.random()
        if dice < 0.15:
            raise Killed
        if dice < 0.2:
            raise StoreError("struck")


@pytest.fixture
def chance(chaos_seed: int) -> Chance:
    return Often(random.Random(chaos_seed))


@pytest.fixture(params=["embedded", "cloud"])
def world(request: pytest.FixtureRequest, tmp_path: Path, chance: Chance) -> Iterator[World]:
    if request.param == "cloud":
        yield in_the_cloud(request.getfixturevalue("moto"), max_receives=1000)
        return
    store = FolderStore(tmp_path)
    yield World(
        lambda: SqliteQueue(tmp_path / "q.db", visibility_s=3600, max_receives=10**6, clock=chance.clock),
        lambda: SqliteLedger(tmp_path / "l.db", store),
        store,
    )


def crawl(world: World, archive: Archive, chance: Chance) -> None:
    """One start of the function, and one run."""
    settings = CrawlFunctionSettings(
        source="arctic-shift:EarthPorn", contact="a@example.org", crawl_seconds=5
    )
    parts = (Struck(port, chance) for port in (world.store, world.queue(), world.ledger()))
    store, queue, ledger = (cast("Any", part) for part in parts)
    web = FakeFetcher({})
    adapters = Adapters(store=store, queue=queue, ledger=ledger, fetcher=web, pages=archive)
    crawl_on(adapters, settings, turns())(lambda: True)


def test_killed_between_any_two_operations(world: World, chance: Chance) -> None:
    archive, deaths = Archive(), 0
    archive.grow(FIRST)
    for _ in range(LIVES):
        try:
            crawl(world, archive, chance)
        except (Killed, BowerbirdError) as error:
            deaths += isinstance(error, Killed)
        archive.grow(chance.random.randrange(4))
    assert deaths
    chance.calm = True
    crawl(world, archive, chance)

    queue, sent = world.queue(), set()
    while messages := queue.receive(10):
        sent |= {decode_candidate(message.body).submission.id for message in messages}
        queue.delete([message.receipt for message in messages])
    assert sent == {post["name"] for post in archive.posts}
