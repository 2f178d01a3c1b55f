"""One recorded hour through both wirings: they find, decide and store the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.place import open_place
from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.decisions import Decision
from bowerbird.core.ports import ObjectStore
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.demo.host_answers import HOUR, read_answers
from bowerbird.demo.server import serving
from bowerbird.host.mine import MineResult, RunOptions, mine
from bowerbird.host.wiring import HostOptions
from bowerbird.net import AtprotoFetcher, HttpFetcher
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import cloud as crawl_adapters
from functions.crawl.wiring import crawl_on
from functions.filter.settings import FilterSettings
from functions.filter.wiring import batch_filter
from infra.sam.box import Report
from infra.sam.event_source import SqsEventSource
from tests import aws_servers
from tests.aws_servers import Cloud
from tests.contract.servers import CLOUDS

SPEC = f"replay:{HOUR / 'hour.jsonl'}"

# No two runs take the same time, or run at the same time.
OF_THE_RUN = {"decided_at", "timings"}
# Sidecars tell times.
PICTURES = (".jpg", ".png", ".webp")


@dataclass
class Hour:
    """What a wiring made of the hour."""

    store: ObjectStore
    candidates: int
    skipped: dict[str, int]

    def decisions(self) -> dict[str, Decision]:
        found = list(DecisionLog(self.store).read())
        assert len(found) == len({each.candidate for each in found}) == self.candidates
        return {each.candidate: each for each in found}


@dataclass
class Started:
    """The filter function in this process, where the event source expects a started one."""

    handle: Any

    def invoke(self, event: dict[str, Any]) -> Report:
        return Report(self.handle(event), None, 0, None, 0, 0)


def told(decision: Decision) -> dict[str, Any]:
    """All that is compared."""
    return {name: value for name, value in asdict(decision).items() if name not in OF_THE_RUN}


def at_home(folder: Path) -> Hour:
    """One download at a time, so that of the same bytes the same candidate comes first."""
    place = open_place(str(folder))
    with serving(read_answers(HOUR / "answers.json")) as gateway:
        options = HostOptions(gateway=gateway, downloads=1)
        result: MineResult = mine(open_source(SPEC), place, options, RunOptions())
    return Hour(place.store, result.tally.new, dict(result.tally.skips))


def in_the_cloud(cloud: Cloud) -> Hour:
    bucket, table = cloud.bucket(), cloud.table()
    queue_url, dead_letter_url = cloud.queues(visibility_s=600, max_receives=5)
    shared: dict[str, Any] = {
        "bucket": bucket,
        "ledger_table": table,
        "queue_url": queue_url,
        "dead_letter_url": dead_letter_url,
        "endpoint_url": cloud.url,
    }
    hosts = turns()
    with serving(read_answers(HOUR / "answers.json")) as gateway:
        crawl = CrawlFunctionSettings(source=SPEC, **shared)
        web = AtprotoFetcher(HttpFetcher(user_agent=crawl.user_agent, gateway=gateway, turns=hosts))
        adapters = replace(crawl_adapters(crawl, hosts), fetcher=web)
        shipment = crawl_on(adapters, crawl, hosts)(lambda: True)
        judge = batch_filter(
            FilterSettings(gateway=gateway, thumbnails=True, **shared), lambda _: None, turns()
        )
        function: Any = Started(judge.handle)
        source = SqsEventSource(cloud.client("sqs"), queue_url, function, batch_size=1)
        while source.poll() or source.hurry():
            pass
    return Hour(S3Store(cloud.client("s3"), bucket), shipment.new, shipment.skipped)


@pytest.fixture(scope="module", params=CLOUDS)
def hours(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hour, Hour]]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", aws_servers.REGION)
        environment.setenv("AWS_ACCESS_KEY_ID", aws_servers.ACCESS_KEY)
        environment.setenv("AWS_SECRET_ACCESS_KEY", aws_servers.SECRET_KEY)
        with ThreadPoolExecutor(1) as pool:  # both wait a good deal
            cloud = pool.submit(in_the_cloud, request.getfixturevalue(request.param))
            home = at_home(tmp_path_factory.mktemp("home"))
        yield home, cloud.result()


def test_both_crawls_find_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = hours
    assert home.candidates == cloud.candidates > 40
    assert home.skipped == cloud.skipped


def test_both_decide_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = (hour.decisions() for hour in hours)
    assert {name: told(each) for name, each in home.items()} == {n: told(each) for n, each in cloud.items()}
    assert any(each.stage == "perceptual" for each in cloud.values())


def test_both_store_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = hours
    for folder in ("images/", "thumbs/"):
        kept = list(home.store.keys(folder))
        assert kept
        assert [(key, home.store.get(key)) for key in kept if key.endswith(PICTURES)] == [
            (key, cloud.store.get(key)) for key in cloud.store.keys(folder) if key.endswith(PICTURES)
        ]
