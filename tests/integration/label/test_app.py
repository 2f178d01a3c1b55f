"""The page's routes, without a browser: who may ask, what is stored, what is refused."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.core.labels import picture_of, read_labels
from bowerbird.review.label.app import create_app
from bowerbird.review.label.session import open_session
from tests.fakes import FakeStore
from tests.integration.label.place import fill

HERE = "http://127.0.0.1:8010"
OURS = {"Origin": HERE}


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore()
    fill(store)
    return store


@pytest.fixture
def client(store: FakeStore) -> TestClient:
    return TestClient(create_app(open_session(store)), base_url=HERE)


def labels(store: FakeStore) -> list[tuple[str, bool]]:
    return [(label.candidate, label.keep) for label in read_labels(store)]


def test_a_word_is_stored_with_what_training_needs(client: TestClient, store: FakeStore) -> None:
    assert client.put("/pictures/0/label", json={"keep": True}, headers=OURS).status_code == 204
    (label,) = read_labels(store)
    assert (label.candidate, label.keep, label.origin) == ("t:just", True, "label")
    assert label.image is not None
    assert label.image in store.objects
    assert (picture_of(store, label) or b"").startswith(b"\xff\xd8")


def test_the_last_word_counts_and_can_be_taken_back(client: TestClient, store: FakeStore) -> None:
    for keep in (True, False):
        client.put("/pictures/1/label", json={"keep": keep}, headers=OURS)
    assert labels(store) == [("t:near", False)]
    assert client.get("/pictures").json()["pictures"][1]["label"] is False
    assert client.delete("/pictures/1/label", headers=OURS).status_code == 204
    assert labels(store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://evil.example:8010", "Host": "evil.example:8010"},
    ],
)
def test_other_pages_cannot_label(client: TestClient, store: FakeStore, headers: dict[str, str]) -> None:
    assert client.put("/pictures/0/label", json={"keep": True}, headers=headers).status_code == 403
    assert client.delete("/pictures/0/label", headers=headers).status_code == 403
    assert labels(store) == []


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://127.0.0.1:9999", "http://localhost:8010"]
)
def test_other_pages_cannot_look_either_where_they_say_who_they_are(client: TestClient, origin: str) -> None:
    assert client.get("/pictures", headers={"Origin": origin}).status_code == 403
    assert client.get("/pictures", headers=OURS).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8010",
        "127.0.0.1.evil.example",
        "127.0.0.1:1@evil.example",
        "0.0.0.0:8010",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/pictures", "/pictures/0/small.jpg"])
def test_a_name_that_somebody_points_here_is_turned_away(client: TestClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 403
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["localhost:8010", "localhost:9000", "127.0.0.1:9000", "localhost", "[::1]:1"]
)
def test_this_machine_is_called_by_its_names_and_a_tunnel_has_another_port(
    client: TestClient, host: str
) -> None:
    ours = {"Host": host, "Origin": f"http://{host}"}
    assert client.put("/pictures/0/label", json={"keep": True}, headers=ours).status_code == 204


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"keep":1}', b'{"keep":true,"more":1}', b"keep=true"])
def test_a_word_that_is_none_is_refused(client: TestClient, store: FakeStore, body: bytes) -> None:
    headers = OURS | {"Content-Type": "application/json"}
    assert client.put("/pictures/0/label", content=body, headers=headers).status_code == 422
    assert labels(store) == []


def test_a_word_that_is_too_long_is_not_read(store: FakeStore) -> None:
    app, read = create_app(open_session(store)), 0
    said: list[Message] = []

    async def receive() -> Message:
        nonlocal read
        read += 65536
        return {"type": "http.request", "body": b" " * 65536, "more_body": True}

    async def send(message: Message) -> None:
        said.append(message)

    for length in ([(b"content-length", b"209715200")], []):
        headers = [(b"host", b"127.0.0.1:8010"), (b"origin", HERE.encode()), *length]
        scope = {"type": "http", "method": "PUT", "path": "/pictures/0/label", "query_string": b""}
        asyncio.run(app({**scope, "headers": headers}, receive, send))
    assert [message["status"] for message in said if "status" in message] == [413, 413]
    assert read == 65536  # what had come of the one that did not say how long it is
    assert labels(store) == []


@pytest.mark.parametrize(
    "path",
    ["/pictures/5/small.jpg", "/pictures/99/large.jpg", "/assets/app.py", "/assets/..%2fapp.py", "/docs"],
)
def test_what_is_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pictures_come_as_jpeg_even_when_the_survivor_is_gone_or_broken(
    client: TestClient, store: FakeStore
) -> None:
    key = next(key for key in store.objects if key.startswith("images/"))
    for change in (
        lambda: None,
        lambda: store.objects.update({key: b"no picture"}),
        lambda: store.delete(key),
    ):
        change()
        answer = client.get("/pictures/0/large.jpg")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.content.startswith(b"\xff\xd8")


def test_labels_are_there_when_the_place_is_opened_again(client: TestClient, store: FakeStore) -> None:
    client.put("/pictures/0/label", json={"keep": True}, headers=OURS)
    again = open_session(store)
    assert [picture["label"] for picture in again.shown()] == [True, None, None, None, None]


def test_a_full_disk_is_told_on_the_page_and_keeps_the_earlier_word(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    fill(store)
    client = TestClient(create_app(open_session(store)), base_url=HERE)
    client.put("/pictures/0/label", json={"keep": True}, headers=OURS)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        answer = client.put("/pictures/0/label", json={"keep": False}, headers=OURS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.status_code == 507
    assert "the disk is full; make room" in answer.text
    assert [label.keep for label in read_labels(store)] == [True]
    assert client.get("/pictures").json()["pictures"][0]["label"] is True
