import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bowerbird.adapters.folder.store import FolderStore
from bowerbird.cli.doctor import Finding, status
from bowerbird.cli.main import main
from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from tests.loopback import Answer, loopback

ONE = b'{"post_view": {"post": {"id": 1}}}'
PICTURES: dict[str, Answer] = {
    "ok.example": (200, "image/jpeg", b"\xff\xd8\xff"),
    "html.example": (200, "text/html", b"<!DOCTYPE html><title>Are you human?</title>"),
    "forbidden.example": (403, "text/plain", b""),
    "busy.example": (429, "text/plain", b""),
    "broken.example": (500, "text/plain", b""),
    "gone.example": (404, "text/plain", b""),
}


def lemmy(host: str, path: str) -> Answer:
    """An instance that works, one that is quiet, one that blocks, and one that is gone."""
    if path.startswith("/picture"):
        return PICTURES[host]
    if not path.startswith("/api/v3/post/list?"):
        return (200, "application/json", ONE) if path == "/api/v3/post?id=1" else (404, "text/plain", b"")
    post = {"post": {"id": 1, "name": "Dawn", "url": "https://i.example/a.jpg"}}
    if host == "ok.example":
        if "community_name=good%40ok.example" in path:
            post = {"post": post["post"] | {"id": 2}}
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


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://ok.example/picture.jpg", ("ok", "", 0)),
        ("https://gone.example/picture.jpg", ("empty", "answered 404", 0)),
        ("https://html.example/picture.jpg", ("blocked", "web page instead of a picture", 1)),
        ("https://forbidden.example/picture.jpg", ("blocked", "answered 403", 1)),
        ("https://busy.example/picture.jpg", ("throttled", "answered 429", 1)),
        ("https://broken.example/picture.jpg", ("unreachable", "answered 500", 1)),
        ("https://ok.example/article", ("unusable", "no rule finds a picture", 1)),
    ],
)
def test_a_hosts_state_is_told(
    link: str, expected: tuple[str, str, int], gateway: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state, words, code = expected
    asked = ["doctor", "--json", "--source", "lemmy:ok.example", "--link", link, "--gateway", gateway]
    assert main(asked) == code
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (found[1]["what"], found[1]["state"]) == ("host", state)
    assert words in found[1]["detail"]


def test_what_hosts_did_on_the_last_day_is_told_and_is_no_failure(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {
        "imgur": ["forbidden: a", "forbidden: b", "html: c"],
        "reddit": ["forbidden: a", "too-small: 3x3", "kept"],
        "flickr": ["gone: a", "removed: b"],
        "direct": ["unreachable: a", "gone: b"],
    }
    lines = [
        Decision(
            f"{host}{at}",
            reason == "kept",
            "original",
            reason,
            "lite",
            "2026-03-02T00:00:00Z",
            facts={"host": host},
        )
        for host, reasons in told.items()
        for at, reason in enumerate(reasons)
    ]
    store = FolderStore(tmp_path)
    for day, part in (("2026-03-01", lines[:1]), ("2026-03-02", lines)):
        data = "\n".join(map(encode_decision, part)).encode()
        store.put(decisions_key(day, "a"), data, content_type="application/x-ndjson")
    asked = ["doctor", "--json", "--source", "lemmy:ok.example", "--out", str(tmp_path), "--gateway", gateway]
    assert main(asked) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    history = {each["name"]: each for each in found if each["what"] == "history"}
    assert {name: each["state"] for name, each in history.items()} == {
        "imgur": "blocked",
        "reddit": "ok",
        "flickr": "empty",
        "direct": "unreachable",
    }
    assert history["imgur"]["detail"] == "2026-03-02: 0 kept of 3, 2 forbidden, 1 html"


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


def cursors(place: Path) -> list[Path]:
    """One object a source; beside them lies when hosts were asked."""
    return [path for path in (place / "cursors").iterdir() if path.name != "pace.json"]


def test_mine_follows_a_live_source_and_asks_no_post_twice(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["mine", "--source", "lemmy:ok.example", "--out", str(tmp_path), "--gateway", gateway]
    for _ in range(2):
        assert main(command) == 0
    second = capsys.readouterr().out.rpartition("Decisions")[2]
    assert "0 of 0" in second
    assert len(cursors(tmp_path)) == 1
    assert main([*command[:2], "lemmy:html.example", *command[3:]]) == 3
    assert main(["candidates", "--source", "lemmy:html.example", "--gateway", gateway]) == 3


def test_a_kept_picture_goes_when_its_instance_has_lost_the_post(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, at = FolderStore(tmp_path), datetime.now(UTC).isoformat()
    for number in (1, 2):
        told = {"source": "lemmy:ok.example", "id": str(number)}
        key = f"images/aa/{number}"
        decision = {"candidate": str(number), "decided_at": at, "image": f"{key}.jpg", "submission": told}
        store.put(f"{key}.json", json.dumps({"decision": decision}).encode(), content_type="a")
        store.put(f"{key}.jpg", b"", content_type="a")
    command = ["recheck", "--out", str(tmp_path), "--gateway", gateway, "--source"]
    assert main([*command, "lemmy:broken.example"]) == 0
    assert capsys.readouterr().out == "0 still shown, 0 purged, 2 from other sources\n"
    assert main([*command, "lemmy:ok.example"]) == 0
    assert capsys.readouterr().out == "1 still shown, 1 purged (1 missing)\n"
    assert list(store.keys("images/")) == ["images/aa/1.jpg", "images/aa/1.json"]


def test_spare_requests_go_to_the_community_that_gave_most(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One community keeps 9 of 10, the other none of 10; a third is of another kind of source."""
    told = [("good@ok.example", "lemmy:ok.example"), ("bad@ok.example", "lemmy:x"), ("EarthPorn", "reddit")]
    lines = [
        Decision(
            f"{name}/{at}", at > 0 and name != "bad@ok.example", "novelty", "novelty", "lite",
            "2026-03-02T00:00:00Z", submission={"source": source, "id": str(at), "community": name},
        )
        for name, source in told
        for at in range(10)
    ]  # fmt: skip
    data = "\n".join(map(encode_decision, lines)).encode()
    store = FolderStore(tmp_path)
    store.put(decisions_key("2026-03-02", "a"), data, content_type="application/x-ndjson")
    assert main(["repair", str(tmp_path)]) == 0  # decisions without a ledger are a damaged place
    command = ["mine", "--source", "lemmy:ok.example", "--out", str(tmp_path), "--gateway", gateway]
    assert main([*command, "--focus"]) == 0
    said = capsys.readouterr().err
    assert "lemmy:ok.example: ok, 1 new of 1 posts read in 2 requests; " in said
    assert "focus on good@ok.example: ok, 1 new of 1 posts read in 2 requests" in said
    assert "bad@ok.example" not in said
    assert "EarthPorn" not in said
    assert len(cursors(tmp_path)) == 2
    decided = "".join(path.read_text() for path in (tmp_path / "decisions").rglob("*.jsonl"))
    assert "lemmy:ok.example/2/" in decided
    assert main([*command, "--focus"]) == 0
    assert "focus on good@ok.example: ok, 0 new of 1 posts" in capsys.readouterr().err


def test_focus_needs_communities(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = tmp_path / "links"
    links.write_text("https://i.redd.it/a.jpg\n")
    assert main(["mine", "--source", f"urls:{links}", "--out", str(tmp_path / "a"), "--focus"]) == 2
    assert "--focus needs a source of communities: arctic-shift" in capsys.readouterr().err


def test_a_run_says_in_one_line_how_its_source_is_and_which_hosts_are_in_trouble(
    gateway: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = ["--source", "lemmy:ok.example", "--gateway", gateway]
    assert main(["candidates", *source]) == 0
    assert "lemmy:ok.example: ok, 1 new of 1 posts read in" in capsys.readouterr().err
    links = tmp_path / "links"
    links.write_text("https://forbidden.example/picture.jpg\n")
    assert (
        main(["mine", "--source", f"urls:{links}", "--out", str(tmp_path / "a"), "--gateway", gateway]) == 0
    )
    assert "hosts in trouble: forbidden.example: 1 forbidden of 1" in capsys.readouterr().out
    assert main(["mine", *source, "--out", str(tmp_path / "b")]) == 0
    assert "lemmy:ok.example: ok, 1 new of 1 posts read in" in capsys.readouterr().err
