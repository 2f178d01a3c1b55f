"""The built crawl function, on Lambda's runtime client, killed at random moments while posts come.

Each life is a process of its own. It dies after a random time, or at a random one of its requests to SQS or
S3, before or after the request was done. Every post that came must be on the queue in the end.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Timer

import pytest

from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.core.messages import decode_candidate
from infra.sam.box import Box, Report
from infra.sam.built import built_functions
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.chaos.reaper import DIED, Reaper
from tests.chaos.test_crawl import FIRST, Archive
from tests.e2e.cloud.proxy import proxy_before
from tests.e2e.cloud.rig import PYTHON, TEMPLATE, needs_build
from tests.loopback import Answer, loopback

pytestmark = needs_build

KILLS = 5
MOST_LIVES = 60
REQUESTS_OF_A_CRAWL = 14
LONGEST_LIFE_S = 1.5


@dataclass
class World:
    """The function, the posts it reads, and the queue that it fills."""

    box: Box
    archive: Archive
    queue: SqsQueue
    reaper: Reaper


@pytest.fixture
def world(tmp_path: Path, ministack: Cloud) -> Iterator[World]:
    (built,) = (each for each in built_functions(TEMPLATE) if each.name == "CrawlFunction")
    urls, archive, reaper = ministack.queues(visibility_s=600, max_receives=1000), Archive(), Reaper()

    def page(_host: str, path: str) -> Answer:
        return 200, "application/json", archive.fetch(path).body

    with proxy_before(ministack.url) as aws, loopback(page) as sites:
        aws.refuses, aws.passed = reaper.refuses, reaper.passed
        environment = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "BOWERBIRD_BUCKET": ministack.bucket(),
            "BOWERBIRD_QUEUE_URL": urls[0],
            "BOWERBIRD_DEAD_LETTER_URL": urls[1],
            "BOWERBIRD_SOURCE": "arctic-shift:EarthPorn",
            "GATEWAY": sites.url,
            "PYTHONPATH": os.pathsep.join([*built.python_path(), str(Path(__file__).parent / "functions")]),
        }
        function = replace(built, handler="rehearsed_crawl.handler")
        box = reaper.box = Box(function, PYTHON, environment, tmp_path / "crawl.log")
        try:
            yield World(box, archive, SqsQueue(ministack.client("sqs"), *urls), reaper)
        finally:
            box.close()


def life(world: World, chance: random.Random) -> Report:
    """One crawl, and one death if it comes in time."""
    if chance.random() < 0.5:
        timer = Timer(chance.uniform(0, LONGEST_LIFE_S), world.box.kill)
    else:
        world.reaper.after = chance.random() < 0.5
        world.reaper.left = chance.randrange(1, REQUESTS_OF_A_CRAWL)
        timer = Timer(600, world.box.kill)
    timer.start()
    try:
        return world.box.invoke({})
    finally:
        timer.cancel()
        world.reaper.left = 0


def test_killed_at_random_points(world: World, chaos_seed: int) -> None:
    chance, deaths = random.Random(chaos_seed), 0
    world.archive.grow(FIRST)
    for _ in range(MOST_LIVES):
        report = life(world, chance)
        assert report.error in {None, *DIED}, report.answer
        deaths += report.error in DIED
        if deaths == KILLS:
            break
        world.archive.grow(chance.randrange(4))
    assert deaths == KILLS
    report = world.box.invoke({})
    assert report.error is None, report.answer

    sent = set()
    while messages := world.queue.receive(10):
        sent |= {decode_candidate(message.body).submission.id for message in messages}
        world.queue.delete([message.receipt for message in messages])
    assert sent == {post["name"] for post in world.archive.posts}
