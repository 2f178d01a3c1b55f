"""The page's routes, without a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bowerbird.adapters.place import Place
from bowerbird.core.keys import digest
from bowerbird.core.labels import read_labels
from bowerbird.host.judged_by import remember
from bowerbird.host.paused import is_paused, pause
from bowerbird.models.bundle import find, load
from bowerbird.panel.token import Credentials
from bowerbird.panel.wiring import PageOptions, announced, everything, guarded
from tests.fakes import FakeStore
from tests.many_decisions import Many, many

HERE = "http://127.0.0.1:8000"
OURS = {"Origin": HERE}
COUNTS = Many(kept=150, unlike=10, small=6, gone=4)


@pytest.fixture(scope="module")
def store() -> FakeStore:
    store = many(COUNTS)
    return many(Many(3, 0, 0, 0), "2026-03-02", store)


@pytest.fixture
def places(store: FakeStore, tmp_path: Path) -> list[Place]:
    return [Place(f"s3://bucket/{name}", store, tmp_path / name, shared=True) for name in ("one", "two")]


async def judge(_scope: object, _receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"the judge"})  # type: ignore[operator]


@pytest.fixture
def client(places: list[Place]) -> Iterator[TestClient]:
    with TestClient(guarded(everything(places, judge), None), base_url=HERE) as client:
        yield client


def test_the_address_that_is_printed_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, str(answer.url)) == (200, f"{HERE}/1/")
    for link in re.findall(r'(?:href|src)="(assets/[^"]+)"', answer.text):
        assert client.get(f"/1/{link}").status_code == 200
    assert client.get("/1/assets/..%2Fapp.py").status_code == 404
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_the_judge_is_the_same_server(client: TestClient) -> None:
    for path in ("/judge", "/bundle", "/health", "/try/"):
        assert client.get(path).text == "the judge"


def test_a_pause_is_asked_for_at_all_places(client: TestClient, places: list[Place]) -> None:
    assert client.put("/2/paused", json={"paused": True}, headers=OURS).status_code == 204
    assert [is_paused(place.state) for place in places] == [True, True]
    assert client.get("/1/now").json()["run"]["paused"] is True
    assert client.put("/1/paused", json={"paused": False}, headers=OURS).status_code == 204
    assert [is_paused(place.state) for place in places] == [False, False]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"paused":1}', b'{"paused":true,"more":1}', b"paused=true"])
def test_a_wish_that_is_none_is_refused(client: TestClient, places: list[Place], body: bytes) -> None:
    pause(places[0].state)
    assert client.put("/1/paused", content=body, headers=OURS).status_code == 422
    assert is_paused(places[0].state)


def test_what_is_too_long_is_not_read(client: TestClient) -> None:
    assert client.put("/1/paused", content=b" " * 2_000_000, headers=OURS).status_code == 413


def test_a_disk_that_is_full_is_told(client: TestClient, places: list[Place]) -> None:
    places[0].state.write_text("a file in the way")
    answer = client.put("/1/paused", json={"paused": True}, headers=OURS)
    assert answer.status_code == 507
    assert str(places[0].state) in answer.text


def test_the_places_are_a_switch(client: TestClient) -> None:
    told = client.get("/2/upkeep").json()["places"]
    assert [(each["href"], each["name"], each["here"]) for each in told] == [
        ("../1/", "s3://bucket/one", False),
        ("../2/", "s3://bucket/two", True),
    ]


def test_kept_pictures_are_shown_and_only_those(client: TestClient) -> None:
    (first, *_) = client.get("/1/keeps").json()
    answer = client.get(f"/1/pictures/{first['name']}/small.jpg")
    assert (answer.headers["content-type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert client.get(f"/1/pictures/{first['name']}/large.jpg").content[:2] == b"\xff\xd8"
    assert client.get(f"/1/pictures/{digest('another')}/small.jpg").status_code == 404
    assert client.get("/1/pictures/..%2Fetc/small.jpg").status_code in {404, 422}


def test_the_label_page_is_one_of_them(client: TestClient, store: FakeStore) -> None:
    answer = client.get("/1/label/")
    assert str(answer.url) == f"{HERE}/1/label/1/"
    assert client.get("/1/label/1/pictures").json()["up"] == "../../"
    assert client.put("/1/label/1/pictures/0/label", json={"keep": True}, headers=OURS).status_code == 204
    (label,) = read_labels(store)
    client.delete("/1/label/1/pictures/0/label", headers=OURS)
    assert label.keep
    assert str(client.get("/1/label/").url) == f"{HERE}/1/label/1/"  # the same session for a while
    assert str(client.get("/1/label/77/").url) == f"{HERE}/1/label/1/"  # of a server that was
    assert client.put("/1/label/77/pictures/0/label", json={"keep": True}, headers=OURS).status_code != 204


def test_all_of_a_sheet_can_be_reached(client: TestClient) -> None:
    front = client.get("/1/sheet/")
    assert (front.status_code, len(front.content) < 250_000) == (200, True)
    assert "frame-ancestors 'none'" in front.headers["content-security-policy"]
    assert "script-src" not in front.headers["content-security-policy"]
    old = client.get("/1/sheet/?day=2026-03-01")
    (link,) = re.findall(r'href="(\?[^"]*of=kept[^"]*)"', old.text)
    cards = 0
    while link:
        page = client.get(f"/1/sheet/{link.replace('&amp;', '&')}")
        cards += page.text.count('<li class="card')
        link = next(iter(re.findall(r'href="([^"]*)" rel="next"', page.text)), "")
    assert cards == COUNTS.kept
    (source, *_) = re.findall(r'src="(pictures/[^"]+)"', old.text)
    assert client.get(f"/1/sheet/{source}").content[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    "query",
    [
        "day=2026-03-09",
        "day=",
        "day=../x",
        "of=kept&page=0",
        "of=kept&page=99",
        "of=kept&page=x",
        "of=no",
        "of=kept&page=²",
    ],
)
def test_a_page_that_is_not_there_is_not_found(client: TestClient, query: str) -> None:
    assert client.get(f"/1/sheet/?{query}").status_code == 404


def test_charts_are_drawn_when_they_are_asked_for(client: TestClient) -> None:
    assert client.get("/1/sheet/charts/2026-03-01/3.svg").content.startswith(b"<?xml")
    assert client.get("/1/sheet/charts/2026-03-01/9.svg").status_code == 404
    assert client.get("/1/sheet/charts/2026-03-09/0.svg").status_code == 404


def test_the_report_shows_pictures_of_a_day_or_of_all(client: TestClient) -> None:
    answer = client.get("/1/report/?day=all")
    assert answer.status_code == 200
    assert "153" in answer.text  # kept in all
    (source, *_) = re.findall(r'src="(pictures/[^"]+)"', answer.text)
    assert client.get(f"/1/report/{source}").content[:2] == b"\xff\xd8"
    assert 'aria-current="page">Report' in answer.text


def test_a_place_without_decisions_has_pages_too(tmp_path: Path) -> None:
    place = Place("s3://b", FakeStore(), tmp_path, shared=True)
    with TestClient(guarded(everything([place], judge), None), base_url=HERE) as client:
        for path in ("now", "upkeep", "keeps", "sheet/", "report/", "label/"):
            assert client.get(f"/1/{path}").status_code == 200


def test_what_is_announced() -> None:
    open_to_all = PageOptions("0.0.0.0", 8000, "lite")
    credentials = Credentials("", b"")
    addresses = ["http://192.168.1.5:8000", "http://127.0.0.1:8000"]
    text = "\n".join(announced(addresses, open_to_all, credentials, "abcd-efgh"))
    assert "Sign in with this token: abcd-efgh" in text
    assert "http://192.168.1.5:8000/#abcd-efgh" in text
    text = "\n".join(announced(addresses, open_to_all, credentials, None))
    assert "--new-token" in text
    alone = PageOptions("127.0.0.1", 8000, "lite")
    assert "token" not in "\n".join(announced(addresses[1:], alone, None, None))


def test_labels_correct_the_bundle_that_judged_here_last(places: list[Place], tmp_path: Path) -> None:
    own = tmp_path / "own" / "taste"
    shutil.copytree(find("lite"), own)
    places[0].state.mkdir(parents=True)
    remember(places[0].state, load(own))
    with TestClient(guarded(everything(places, judge), None), base_url=HERE) as client:
        client.get("/1/label/")
        told = client.get("/1/label/1/taste").json()
    assert f"--encoder {own}" in json.dumps(told)
