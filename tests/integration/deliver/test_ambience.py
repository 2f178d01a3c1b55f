"""Ambience's reverse search, from a loopback server."""

import json
from collections.abc import Iterator

import pytest

from bowerbird.core.errors import RetryableError
from bowerbird.deliver.ambience import Ambience
from tests.integration.deliver.scenery_server import Scenery, serving


@pytest.fixture
def server() -> Iterator[Scenery]:
    with serving(Scenery()) as running:
        yield running


def ask(server: Scenery, status: int, body: bytes) -> tuple[int, ...]:
    server.next_answers = [(status, body)]
    return Ambience(server.url + "/", timeout_s=5).similar(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"duplicate": [{"image_id": 4, "distance": 0}, {"image_id": 9, "distance": 61.5}]}, (4, 9)),
        ({"duplicate": [{"image_id": 0, "distance": 2}]}, (0,)),
        ({"local_features_res": [4, 9]}, (4, 9)),
        ({"local_features_res": [{"image_id": 4, "matches": 80}]}, (4,)),
        ({"duplicate": [{"image_id": 4}], "local_features_res": [{"image_id": 4}, {"image_id": 5}]}, (4, 5)),
        ({"duplicate": []}, ()),
        ({"local_features_res": []}, ()),
        ({}, ()),  # what both versions say when nothing was found
    ],
)
def test_duplicates_of_todays_answer_and_of_the_old_one(
    server: Scenery, answer: object, ids: tuple[int, ...]
) -> None:
    assert ask(server, 200, json.dumps(answer).encode()) == ids


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"phash_res": [{"image_id": 1}]}, "neither duplicate nor local_features_res, but 'phash_res'"),
        ({"message": "ok"}, "but 'message'"),
        ({"\u001b[2J" + "x" * 99: 1}, r"but '\\x1b\[2Jx+'\. Nothing is delivered"),
        ([], "answers a list"),
        ([{"image_id": 4}], "answers a list"),
        (None, "answers a NoneType"),
        ("duplicate", "answers a str"),
        ({"duplicate": None}, "no list"),
        ({"duplicate": {"image_id": 4}}, "no list"),
        ({"duplicate": 4}, "no list"),
        ({"duplicate": [{"distance": 4}]}, "no image_id"),
        ({"duplicate": [{"image_id": "4"}]}, "no image_id"),
        ({"duplicate": [{"image_id": 4}, None]}, "no image_id"),
        ({"duplicate": [{"image_id": True}]}, "no image_id"),
        ({"duplicate": [{"image_id": 4.0}]}, "no image_id"),
        ({"duplicate": [], "local_features_res": ""}, "no list"),
    ],
)
def test_an_answer_of_another_shape_is_said_and_is_not_no_duplicate(
    server: Scenery, answer: object, problem: str
) -> None:
    with pytest.raises(RetryableError, match=problem) as raised:
        ask(server, 200, json.dumps(answer).encode())
    assert "check BOWERBIRD_AMBIENCE_URL" in str(raised.value)


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, b"", "ambience: status 500"),
        (302, b"/elsewhere", "ambience: status 302"),
        (404, b"{}", "ambience: status 404"),
        (200, b"<html>", "its answer is not JSON"),
        (200, b"", "its answer is not JSON"),
        (200, b"\xff\xfe", "its answer is not JSON"),
        (200, b"[" * 500_000, "its answer is not JSON"),
        (200, b'{"duplicate": [' + b"1," * 600_000 + b"1]}", "its answer is not JSON"),
    ],
    ids=["500", "redirect", "404", "html", "empty", "not text", "nested", "endless"],
)
def test_no_answer_is_not_no_duplicate(server: Scenery, status: int, body: bytes, problem: str) -> None:
    with pytest.raises(RetryableError, match=problem):
        ask(server, status, body)
