"""The feeds of the page: a reader with the key in the address gets them, and the pictures in them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from bowerbird.adapters.place import Place
from bowerbird.core.decision_log import decisions_key, log_file
from bowerbird.core.keys import sidecar_key
from bowerbird.panel.token import Credentials, open_credentials
from bowerbird.panel.wiring import everything, guarded
from tests.fakes import FakeStore
from tests.many_decisions import decided
from tests.pictures import jpeg
from tests.unit.deliver.survivors import keep, sidecar
from tests.unit.panel.test_app import judge

HOME = "http://nas.local:8000"
TITLE = '"><script>alert(1)</script>'


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    lines = []
    for seed in range(2):
        key = keep(store, jpeg(40, 30, seed))
        told = sidecar(title=TITLE if seed else "A hill", id=f"t3_{seed}")
        told["decision"] |= {
            "candidate": f"c{seed}", "image": key, "decided_at": f"2026-11-26T12:00:0{seed}.000Z",
        }  # fmt: skip
        store.put(sidecar_key(key), json.dumps(told).encode(), content_type="application/json")
        lines.append(
            replace(decided(seed, "watermark", "kept", "2026-11-26"), candidate=f"c{seed}", image=key)
        )
    store.put(decisions_key("2026-11-26", "part"), log_file(lines), content_type="x")
    return store


def served(store: FakeStore, state: Path, credentials: Credentials | None, base: str) -> TestClient:
    app = everything([Place("s3://b", store, state, shared=True)], judge, None, credentials)
    return TestClient(guarded(app, credentials), base_url=base)


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    return open_credentials(tmp_path)[0]


@pytest.fixture
def reader(store: FakeStore, tmp_path: Path, credentials: Credentials) -> Iterator[TestClient]:
    with served(store, tmp_path, credentials, HOME) as client:
        yield client


def test_a_reader_gets_both_feeds_and_the_pictures_in_them(
    reader: TestClient, credentials: Credentials
) -> None:
    answer = reader.get(f"/1/feeds/atom.xml?key={credentials.feed_key}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert feed.bozo is False
    assert [entry.title for entry in feed.entries][1] == "A hill"
    picture = feed.entries[1].enclosures[0]
    assert picture.href.startswith(f"{HOME}/1/feeds/")
    shown = reader.get(picture.href)
    assert (picture.type, shown.headers["content-type"]) == ("image/jpeg", "image/jpeg")
    assert Image.open(io.BytesIO(shown.content)).size == (40, 30)
    told = reader.get(f"/1/feeds/feed.json?key={credentials.feed_key}").json()
    assert told["items"][1]["image"] == picture.href


def test_the_page_tells_the_addresses(reader: TestClient, credentials: Credentials) -> None:
    reader.cookies.set("bowerbird", credentials.cookie(2e9))
    told = reader.get("/1/upkeep").json()["feeds"]
    reader.cookies.clear()
    assert {reader.get(f"/1/{address}").status_code for address in told.values()} == {200}


def test_the_key_opens_the_feeds_and_no_more(reader: TestClient, credentials: Credentials) -> None:
    key = f"?key={credentials.feed_key}"
    for path in (
        "/1/now",
        "/1/",
        "/1/sheet/",
        "/1/label/",
        "/judge",
        "/1/feeds/../now",
        "/1/feeds/a/b",
        "/1/feeds/..%2Fnow",
    ):
        assert reader.get(path + key).status_code == 401, path
    assert reader.put(f"/1/feeds/atom.xml{key}").status_code in {401, 403}
    for wrong in ("", "?key=", "?key=x", "?key=%ff", f"?key={credentials.feed_key}x"):
        assert reader.get(f"/1/feeds/atom.xml{wrong}").status_code == 401, wrong


def test_a_new_token_ends_old_subscriptions(credentials: Credentials, tmp_path: Path) -> None:
    assert open_credentials(tmp_path)[0].feed_key == credentials.feed_key
    assert open_credentials(tmp_path, new=True)[0].feed_key != credentials.feed_key


def test_a_reader_in_a_browser_is_a_page_of_another_site(
    reader: TestClient, credentials: Credentials
) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    answer = reader.get(f"/1/feeds/atom.xml?key={credentials.feed_key}", headers=elsewhere)
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert reader.get("/1/feeds/atom.xml", headers=elsewhere).status_code == 403


def test_behind_a_proxy_that_speaks_https_links_do_too(reader: TestClient, credentials: Credentials) -> None:
    proxied = {"Host": "pictures.example", "X-Forwarded-Proto": "https"}
    answer = reader.get(f"/1/feeds/feed.json?key={credentials.feed_key}", headers=proxied)
    assert answer.json()["items"][0]["image"].startswith("https://pictures.example/1/feeds/")


def test_where_nobody_signs_in_there_is_no_key(store: FakeStore, tmp_path: Path) -> None:
    with served(store, tmp_path, None, "http://127.0.0.1:8000") as client:
        assert client.get("/1/upkeep").json()["feeds"]["atom"] == "feeds/atom.xml"
        (newest, _) = client.get("/1/feeds/feed.json").json()["items"]
        assert client.get(newest["image"]).status_code == 200
        assert client.get("/1/feeds/feed.json", headers={"Host": "evil.example"}).status_code == 421


def test_what_was_purged_is_in_no_feed(
    reader: TestClient, store: FakeStore, credentials: Credentials
) -> None:
    address = f"/1/feeds/feed.json?key={credentials.feed_key}"
    newest = reader.get(address).json()["items"][0]
    for key in list(store.objects):
        if newest["id"].removeprefix("urn:sha256:") in key:
            store.delete(key)
    assert len(reader.get(address).json()["items"]) == 1
    assert reader.get(newest["image"]).status_code == 404
    for odd in ("0" * 63, "ß" * 64):
        assert reader.get(f"/1/feeds/{odd}.jpg?key={credentials.feed_key}").status_code == 404
