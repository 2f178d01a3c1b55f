"""The built filter, on Lambda's runtime client, killed at random moments: `make chaos` comes to 200 kills.

Each life is a process of its own, started as Lambda starts it. It dies after a random time, or at a random
one of its requests to AWS, before or after the request was done. What it held is delivered again, as SQS does
once the visibility timeout is over. In every other world a message may be delivered four times only, so that
so many deaths leave dead letters; they are put back by `redrive`, as an operator does. Two tastes judge in
every world, so death also comes between the one's decision and the other's.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from bowerbird.adapters.aws.sqs import SqsQueue
from infra.sam.box import Report
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.chaos.forked import fork_server
from tests.chaos.reaper import DIED, Reaper
from tests.e2e.cloud.proxy import proxy_before
from tests.e2e.cloud.rig import Rig, assert_all_is_right, bundle, crawled, needs_build, rigged

pytestmark = needs_build

KILLS = 10
MOST_LIVES = 80
REQUESTS_OF_A_BATCH = 90
LONGEST_LIFE_S = 2.0


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


@pytest.fixture
def rig(tmp_path: Path, ministack: Cloud, seaweedfs: Cloud, reaper: Reaper, chaos_seed: int) -> Iterator[Rig]:
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    most = 1000 if chaos_seed % 2 else 4
    with (
        proxy_before(ministack.url) as aws,
        proxy_before(seaweedfs.url) as s3,
        fork_server() as launch,
    ):
        for proxy in (aws, s3):
            proxy.refuses, proxy.passed = reaper.refuses, reaper.passed
        judge = {
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_ENDPOINT_URL_S3": s3.url,
            "BOWERBIRD_LEDGER_TABLE": ministack.table(),
            "BOWERBIRD_TASTES": str(bundle(tmp_path, "second")),
            "BOWERBIRD_MAX_RECEIVES": "1000",
            **keys,
        }
        with rigged(
            tmp_path,
            ministack,
            seaweedfs,
            bucket=seaweedfs.bucket(),
            queues=ministack.queues(visibility_s=600, max_receives=most),
            crawl=keys,
            judge=judge,
            launch=launch,
        ) as rig:
            reaper.box = rig.filter
            yield rig


def life(rig: Rig, reaper: Reaper, chance: random.Random) -> Report | None:
    """One batch, and one death if it comes in time; sometimes while the function still starts."""
    if chance.random() < 0.9:
        rig.filter.invoke({"Records": []})
    if chance.random() < 0.5:
        timer = Timer(chance.uniform(0, LONGEST_LIFE_S) * chance.random(), rig.filter.kill)
    else:
        reaper.after, reaper.left = chance.random() < 0.5, chance.randrange(1, REQUESTS_OF_A_BATCH)
        timer = Timer(600, rig.filter.kill)
    timer.start()
    try:
        return rig.source.poll()
    finally:
        timer.cancel()
        reaper.left = 0


def test_killed_at_random_points(rig: Rig, reaper: Reaper, chaos_seed: int) -> None:
    chance = random.Random(chaos_seed)
    queue = SqsQueue(rig.cloud.client("sqs"), rig.queue_url, rig.dead_url)
    errors: Counter[str | None] = Counter()
    for _ in range(MOST_LIVES):
        report = life(rig, reaper, chance)
        if report is not None:
            errors[report.error] += 1
        if sum(errors[error] for error in DIED) == KILLS:
            break
        if not rig.source.hurry() and report is None and not queue.redrive():
            crawled(rig)  # all is decided: everything is found, and queued, again
    assert sum(errors[error] for error in DIED) == KILLS, errors
    assert set(errors) <= {None, *DIED}

    crawled(rig)
    while True:
        rig.settle()
        if not queue.redrive():
            break
    assert_all_is_right(rig)
    assert_all_is_right(rig.of_taste("second"))
    assert rig.dead_letters() == []
