"""Ambience's reverse search, from a loopback server."""

import json
from collections.abc import Iterator

import pytest

from bowerbird.errors import RetryableError
from functions.deliver.ambience import Ambience
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
        ({"local_features_res": [4, 9]}, (4, 9)),
        ({"local_features_res": [{"image_id": 4, "matches": 80}]}, (4,)),
        ({"phash_res": [1]}, ()),
        ({}, ()),
        ([], ()),
    ],
)
def test_duplicates_are_what_local_features_confirm(
    server: Scenery, answer: object, ids: tuple[int, ...]
) -> None:
    assert ask(server, 200, json.dumps(answer).encode()) == ids


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [(500, b"", "ambience: status 500"), (200, b"<html>", "its answer is not JSON")],
)
def test_no_answer_is_not_no_duplicate(server: Scenery, status: int, body: bytes, problem: str) -> None:
    with pytest.raises(RetryableError, match=problem):
        ask(server, status, body)
