"""What the functions do once a day or now and then, for each of several tastes in one bucket."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.adapters.place import open_place
from bowerbird.cli.main import main
from bowerbird.core.decision_log import CONTENT_TYPE, DecisionLog, decisions_key, log_file, packed_key
from bowerbird.core.labels import Label, write_label
from bowerbird.core.prior import StoredPrior, read_prior
from bowerbird.core.promises import read_promises
from bowerbird.core.stream_sample import read_sample
from bowerbird.crawl.hosts import turns
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import find, load
from bowerbird.net import AtprotoFetcher, HttpFetcher, WebSockets
from functions.compact.settings import CompactSettings
from functions.compact.wiring import Done, night
from functions.crawl.settings import CrawlFunctionSettings
from functions.crawl.wiring import cloud as crawl_adapters
from functions.crawl.wiring import crawl_on, further_places
from functions.filter.settings import FilterSettings
from functions.filter.wiring import batch_filter
from infra.sam.event_source import SqsEventSource
from tests import aws_servers
from tests.aws_servers import Cloud
from tests.contract.test_wirings import Started
from tests.integration.sources.loopback_jetstream import (
    Clock,
    commit,
    did_of,
    event,
    loopback_jetstream,
    uri_of,
)
from tests.integration.sources.test_bluesky_mine import Network
from tests.unit.filter.test_prior_fit import stream
from tests.unit.training.streams import fill
from tests.unit.training.test_stream import GOOD, LITE, SIZE, mixed

DAY = "2026-11-01"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws_servers.REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws_servers.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws_servers.SECRET_KEY)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def places(cloud: Cloud, bucket: str) -> list[S3Store]:
    return [S3Store(cloud.client("s3"), bucket, prefix) for prefix in ("", "tastes/cities", "tastes/faces")]


def test_a_night_compacts_every_place_and_each_taste_learns_from_its_own(moto: Cloud) -> None:
    bucket = moto.bucket()
    first, cities, faces = places(moto, bucket)
    for store, kept_share, seed in ((first, 0.2, 0), (cities, 0.12, 1), (faces, 0.01, 2)):
        found = stream(6000, kept_share=kept_share, seed=seed)
        for part, lines in (("a", found[:3000]), ("b", found[3000:])):
            store.put(decisions_key(DAY, part), log_file(lines), content_type=CONTENT_TYPE)
    said: list[dict[str, Any]] = []
    settings = CompactSettings(bucket=bucket, tastes="cities,,faces", endpoint_url=moto.url)

    done = night(settings)(lambda: True, lambda _, **facts: said.append(facts))

    assert done == Done(days=3, files=6, models=3)
    for store in (first, cities, faces):
        assert list(store.keys("decisions/")) == [packed_key(DAY)]
        assert len(list(DecisionLog(store).read(DAY))) == 6000
    models = [read_prior(store) for store in (first, cities, faces)]
    assert None not in models
    assert [model.floor is not None for model in models if model] == [True, True, False]  # one kept too few
    assert models[0] != models[1]
    assert [each["place"] for each in said] == 2 * ["", "tastes/cities/", "tastes/faces/"]
    assert StoredPrior(cities)() == models[1]  # as the filter function reads it


def test_what_the_owner_said_teaches_and_what_is_cut_off_is_done_the_next_night(moto: Cloud) -> None:
    bucket = moto.bucket()
    first, cities, _ = places(moto, bucket)
    found = stream(2000, kept_share=0.1)
    for store in (first, cities):
        store.put(decisions_key(DAY, "a"), log_file(found), content_type=CONTENT_TYPE)
    for each in [each for each in found if each.keep][:-29]:
        write_label(cities, Label(each.candidate, keep=False, labelled_at=f"{DAY}T12:00:00Z", origin="label"))
    settings = CompactSettings(bucket=bucket, tastes="cities", endpoint_url=moto.url)

    assert night(settings)(lambda: False, lambda _, **__: None) == Done(days=1, files=1)
    assert night(settings)(lambda: True, lambda _, **__: None) == Done(days=1, files=1, models=1)
    assert read_prior(cities) is None  # too few are left that the owner would have kept
    off = settings.model_copy(update={"prior": "off"})
    first.delete("prior/model.json")
    assert night(off)(lambda: True, lambda _, **__: None) == Done()
    assert read_prior(first) is None


def test_what_is_removed_at_its_source_goes_from_every_place(moto: Cloud, tmp_path: Path) -> None:
    bucket, table = moto.bucket(), moto.table()
    queue_url, dead_letter_url = moto.queues(visibility_s=600, max_receives=5)
    second = tmp_path / "cities"
    shutil.copytree(find("lite"), second)
    manifests.write(manifests.read(second).model_copy(update={"name": "cities"}), second)
    shared: dict[str, Any] = {
        "bucket": bucket,
        "ledger_table": table,
        "queue_url": queue_url,
        "dead_letter_url": dead_letter_url,
        "endpoint_url": moto.url,
        "tastes": str(second),
    }
    stores = places(moto, bucket)[:2]
    clock = Clock(float(int(time.time()) - 2))
    with loopback_jetstream(clock, rate=10) as world:
        world.answer, world.script[20] = Network(), event(21)
        clock.now += 2
        settings, hosts = CrawlFunctionSettings(source="bluesky", contact="a@example.org", **shared), turns()
        web = HttpFetcher(user_agent=settings.agent, gateway=world.gateway)
        streams = WebSockets(user_agent=settings.agent, gateway=world.gateway)
        adapters = replace(
            crawl_adapters(settings, hosts), fetcher=AtprotoFetcher(web), pages=web, streams=streams
        )
        crawl = crawl_on(adapters, settings, hosts, further_places(settings))
        judge = batch_filter(FilterSettings(gateway=world.gateway, **shared), lambda _: None, turns())
        function: Any = Started(judge.handle)

        assert crawl(lambda: True).new == 2
        source = SqsEventSource(moto.client("sqs"), queue_url, function)
        while source.poll() or source.hurry():
            pass
        kept = [sorted(store.keys("images/")) for store in stores]
        assert kept[0] == kept[1]
        assert len(kept[0]) == 4

        world.script[21] = commit(0, "delete", "k0")
        account = {"active": False, "status": "takendown", "did": did_of(10), "seq": 5}
        world.script[22] = {"did": did_of(10), "kind": "account", "account": account}
        clock.now += 1
        crawl(lambda: True)

    fingerprint = load("lite").manifest.encoder.fingerprint
    for store in stores:
        assert list(store.keys("images/")) == []
        assert read_sample(store, fingerprint) == []
        lines = list(DecisionLog(store).read())
        assert {each.submission["id"] for each in lines} == {uri_of(0), uri_of(10)}
        assert not any("title" in each.submission for each in lines)


def test_the_owners_computer_trains_on_the_sample_of_a_taste_in_the_bucket(
    moto: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = moto.bucket()
    _, cities, _ = places(moto, bucket)
    fill(cities, LITE, mixed(LITE, SIZE, good=GOOD))
    stream = ["--stream", f"s3://{bucket}/tastes/cities", "--endpoint-url", moto.url]
    assert main(["train", *stream, "--encoder", "lite", "--out", f"{tmp_path}/cities"]) == 0
    assert "cities@1.0.0 promises" in capsys.readouterr().out
    assert "pictures of a stream that" in load(tmp_path / "cities", verify=True).manifest.created_from
    assert read_promises(open_place(f"s3://{bucket}/tastes/cities", moto.url).store)
