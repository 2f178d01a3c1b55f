"""One recorded hour through both wirings, for two tastes: they find, decide and store the same."""

from __future__ import annotations

import shutil
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
from bowerbird.core.stream_sample import Look, read_sample
from bowerbird.crawl.hosts import turns
from bowerbird.crawl.sources import open_source
from bowerbird.demo.host_answers import HOUR, read_answers
from bowerbird.demo.server import serving
from bowerbird.host.mine import MineResult, RunOptions, mine_all
from bowerbird.host.wiring import HostOptions
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import find
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
    """What a wiring made of the hour, for one taste."""

    store: ObjectStore
    candidates: int
    skipped: dict[str, int]

    def decisions(self) -> dict[str, Decision]:
        found = list(DecisionLog(self.store).read())
        assert len(found) == len({each.candidate for each in found}) == self.candidates
        return {each.candidate: each for each in found}

    def sample(self) -> dict[str, Look]:
        """What the encoder saw of the stream; lite's, which both tastes have."""
        rows = read_sample(self.store, manifests.read(find("lite")).encoder.fingerprint)
        return {each.candidate: replace(each, day="") for each in rows}


@dataclass
class Started:
    """The filter function in this process, where the event source expects a started one."""

    handle: Any

    def invoke(self, event: dict[str, Any]) -> Report:
        return Report(self.handle(event), None, 0, None, 0, 0)


def told(decision: Decision) -> dict[str, Any]:
    """All that is compared."""
    return {name: value for name, value in asdict(decision).items() if name not in OF_THE_RUN}


def generous(folder: Path) -> Path:
    """A second taste: lite, which keeps more."""
    made = folder / "generous"
    shutil.copytree(find("lite"), made)
    lite = manifests.read(made)
    lower = lite.novelty.threshold.model_copy(update={"value": lite.novelty.threshold.value - 2})
    novelty = lite.novelty.model_copy(update={"threshold": lower})
    manifests.write(lite.model_copy(update={"name": "generous", "novelty": novelty}), made)
    return made


def at_home(folder: Path, second: Path) -> list[Hour]:
    """One download at a time, so that of the same bytes the same candidate comes first."""
    places = [open_place(str(folder / name)) for name in ("first", "second")]
    with serving(read_answers(HOUR / "answers.json")) as gateway:
        tastes = [
            (place, HostOptions(bundle=bundle, gateway=gateway, downloads=1))
            for place, bundle in zip(places, ("lite", str(second)), strict=True)
        ]
        result: MineResult = mine_all([open_source(SPEC)], tastes, RunOptions())
    return [Hour(place.store, result.tally.new, dict(result.tally.skips)) for place in places]


def in_the_cloud(cloud: Cloud, second: Path) -> list[Hour]:
    bucket, table = cloud.bucket(), cloud.table()
    queue_url, dead_letter_url = cloud.queues(visibility_s=600, max_receives=5)
    shared: dict[str, Any] = {
        "bucket": bucket,
        "ledger_table": table,
        "queue_url": queue_url,
        "dead_letter_url": dead_letter_url,
        "endpoint_url": cloud.url,
        "tastes": str(second),
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
    stores = [S3Store(cloud.client("s3"), bucket, prefix) for prefix in ("", "tastes/generous")]
    return [Hour(store, shipment.new, shipment.skipped) for store in stores]


@pytest.fixture(scope="module", params=CLOUDS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[tuple[Hour, Hour]]]:
    folder = tmp_path_factory.mktemp("tastes")
    second = generous(folder)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", aws_servers.REGION)
        environment.setenv("AWS_ACCESS_KEY_ID", aws_servers.ACCESS_KEY)
        environment.setenv("AWS_SECRET_ACCESS_KEY", aws_servers.SECRET_KEY)
        with ThreadPoolExecutor(1) as pool:  # both wait a good deal
            cloud = pool.submit(in_the_cloud, request.getfixturevalue(request.param), second)
            home = at_home(folder, second)
        yield list(zip(home, cloud.result(), strict=True))


@pytest.fixture(params=["first", "second"])
def hours(request: pytest.FixtureRequest, both: list[tuple[Hour, Hour]]) -> tuple[Hour, Hour]:
    """What both wirings made of the hour for one of the tastes."""
    return both[request.param == "second"]


def test_both_crawls_find_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = hours
    assert home.candidates == cloud.candidates > 40
    assert home.skipped == cloud.skipped


def test_both_decide_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = (hour.decisions() for hour in hours)
    assert {name: told(each) for name, each in home.items()} == {n: told(each) for n, each in cloud.items()}
    assert any(each.stage == "perceptual" for each in cloud.values())


def test_the_tastes_differ(both: list[tuple[Hour, Hour]]) -> None:
    strict, mild = ({n for n, each in cloud.decisions().items() if each.keep} for _, cloud in both)
    assert strict < mild


def test_both_store_the_same(hours: tuple[Hour, Hour]) -> None:
    home, cloud = hours
    for folder in ("images/", "thumbs/"):
        kept = list(home.store.keys(folder))
        assert kept
        assert [(key, home.store.get(key)) for key in kept if key.endswith(PICTURES)] == [
            (key, cloud.store.get(key)) for key in cloud.store.keys(folder) if key.endswith(PICTURES)
        ]


def test_both_keep_the_same_sample_of_the_stream(hours: tuple[Hour, Hour]) -> None:
    home, cloud = (hour.sample() for hour in hours)
    assert home == cloud
    assert len(home) > 10
