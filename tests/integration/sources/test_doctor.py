import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.cli import main
from infra.local.commands.doctor import Finding, status
from tests.loopback import Answer, loopback


def lemmy(host: str, path: str) -> Answer:
    """An instance that works, one that is quiet, one that blocks, and one that is gone."""
    if not path.startswith("/api/v3/post/list?"):
        return 404, "text/plain", b""
    post = {"post": {"id": 1, "name": "Dawn", "url": "https://i.example/a.jpg"}}
    if host == "ok.example":
        return 200, "application/json", json.dumps({"posts": [post]}).encode()
    if host == "quiet.example":
        return 200, "application/json", b'{"posts": []}'
    if host == "html.example":
        return 200, "text/html", b"<!DOCTYPE html><title>Are you human?</title>"
    return {
        "forbidden.example": (403, "text/plain", b""),
        "busy.example": (429, "text/plain", b""),
        "broken.example": (500, "text/plain", b""),
    }.get(host, (404, "text/plain", b""))


@pytest.fixture
def gateway() -> Iterator[str]:
    with loopback(lemmy) as server:
        yield server.url


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("ok.example", ("ok", "", 0)),
        ("quiet.example", ("empty", "", 0)),
        ("html.example", ("blocked", "web page instead of a listing", 3)),
        ("forbidden.example", ("blocked", "refused with 403 Forbidden", 3)),
        ("busy.example", ("throttled", "asked too often", 3)),
        ("broken.example", ("unreachable", "500", 3)),
        ("none.example", ("unusable", "check the name of the community, feed or instance", 3)),
    ],
)
def test_a_sources_state_is_told_with_what_to_do(
    host: str, expected: tuple[str, str, int], gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state, words, code = expected
    assert main(["doctor", "--json", "--source", f"lemmy:{host}", "--gateway", gateway]) == code
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[0]["state"] == state
    assert words in found[0]["detail"]
    assert (found[1]["what"], found[1]["state"]) == ("bundle", "ok")


def test_one_reachable_source_is_enough(gateway: str, capsys: pytest.CaptureFixture[str]) -> None:
    sources = ["--source", "lemmy:broken.example", "--source", "lemmy:ok.example", "--source", "reddit"]
    assert main(["doctor", *sources, "--gateway", gateway]) == 0
    assert "BOWERBIRD_REDDIT_CLIENT_ID" in capsys.readouterr().out


def test_an_unsound_bundle_and_a_store_that_cannot_be_written_are_failures(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("not a folder")
    place = str(tmp_path / "file" / "place")
    ok = ["doctor", "--source", "lemmy:ok.example", "--gateway", gateway]
    assert main([*ok, "--bundle", "nothing", "--out", place]) == 1
    out = capsys.readouterr().out
    assert "unsound" in out
    assert "unwritable" in out


def test_a_store_is_left_as_it_was(gateway: str, tmp_path: Path) -> None:
    assert main(["doctor", "--source", "lemmy:ok.example", "--gateway", gateway, "--out", str(tmp_path)]) == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file() and ".bowerbird" not in path.parts] == []


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ({"source": "ok", "bundle": "ok"}, 0),
        ({"source": "empty", "bundle": "ok"}, 0),
        ({"source": "ok", "bundle": "unsound"}, 1),
        ({"source": "ok", "store": "unwritable"}, 1),
        ({"source": "blocked", "bundle": "unsound"}, 3),
    ],
)
def test_the_exit_status_says_the_worst(states: dict[str, str], code: int) -> None:
    assert status([Finding(what, "x", state) for what, state in states.items()]) == code


def test_mine_follows_a_live_source_and_asks_no_post_twice(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["mine", "--source", "lemmy:ok.example", "--out", str(tmp_path), "--gateway", gateway]
    for _ in range(2):
        assert main(command) == 0
    second = capsys.readouterr().out.rpartition("Decisions")[2]
    assert "0 of 0" in second
    assert len(list((tmp_path / "cursors").iterdir())) == 1
    assert main([*command[:2], "lemmy:html.example", *command[3:]]) == 3
