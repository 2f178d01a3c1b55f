"""`bowerbird mine --source bluesky`: authors, their servers, the CDN and the stream, on one gateway."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from PIL import Image

from bowerbird.cli.doctor import probe
from bowerbird.cli.main import main
from bowerbird.crawl.sources import probes
from bowerbird.host.wiring import source_context
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from tests.integration.sources.loopback_jetstream import (
    Clock,
    LoopbackJetstream,
    cid_of,
    commit,
    did_of,
    event,
    loopback_jetstream,
    uri_of,
)
from tests.loopback import Answer

PHOTOGRAPHS = Path(__file__).parents[3] / "src" / "bowerbird" / "demo" / "photographs"
ORIGINALS = {
    cid_of(number): (PHOTOGRAPHS / name).read_bytes()
    for number, name in {0: "picos-de-europa.jpg", 10: "lake-sherburne.jpg"}.items()
}


def small(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data))
    image.thumbnail((1000, 1000))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class Network:
    """Everybody's servers; `profiles` are self-labels by author."""

    def __init__(self) -> None:
        self.profiles: dict[str, list[str]] = {}
        self.posts: dict[str, dict[str, Any]] = {}

    def __call__(self, host: str, path: str) -> Answer:
        if host == "plc.directory":
            return self.document(path.removeprefix("/"))
        if host == "cdn.bsky.app":
            data = ORIGINALS.get(path.rpartition("/")[2].partition("@")[0])
            return (200, "image/jpeg", small(data)) if data else (404, "text/plain", b"")
        if host == "public.api.bsky.app":
            return 200, "application/json", json.dumps({"posts": list(self.posts.values())}).encode()
        if host == "pds.example":
            return self.server(path)
        return 404, "text/plain", b""

    def document(self, did: str) -> Answer:
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer"}
        told = {"id": did, "service": [service | {"serviceEndpoint": "https://pds.example"}]}
        return 200, "application/json", json.dumps(told).encode()

    def server(self, path: str) -> Answer:
        if path.startswith("/xrpc/com.atproto.repo.getRecord?repo="):
            did = path.partition("repo=")[2].partition("&")[0]
            if did not in self.profiles:
                return 400, "application/json", b'{"error": "RecordNotFound"}'
            labels = {"values": [{"val": label} for label in self.profiles[did]]}
            return 200, "application/json", json.dumps({"value": {"labels": labels}}).encode()
        if path.startswith("/xrpc/com.atproto.sync.getBlob?did="):
            data = ORIGINALS.get(path.partition("cid=")[2])
            return (200, "image/jpeg", data) if data else (400, "application/json", b"{}")
        return 404, "text/plain", b""


@pytest.fixture
def world() -> Iterator[LoopbackJetstream]:
    """Two pictures in two seconds."""
    clock = Clock(float(int(time.time()) - 2))
    with loopback_jetstream(clock, rate=10) as jetstream:
        jetstream.answer = Network()
        jetstream.script[20] = event(21)
        clock.now += 2
        yield jetstream


def mine(world: LoopbackJetstream, out: Path) -> int:
    return main(["mine", "--source", "bluesky", "--out", str(out), "--gateway", world.gateway])


def kept(out: Path) -> dict[str, bytes]:
    """The pictures of a place, by post."""
    sidecars = [json.loads(path.read_text()) for path in out.glob("images/*/*.json")]
    return {each["decision"]["submission"]["id"]: (out / each["image"]).read_bytes() for each in sidecars}


def test_originals_are_kept_with_what_their_authors_say_and_go_when_they_go(
    world: LoopbackJetstream, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mine(world, tmp_path) == 0
    told = capsys.readouterr().err
    assert "bluesky: ok, 2 new of 15 posts read in 1 connection" in told
    assert kept(tmp_path) == {uri_of(0): ORIGINALS[cid_of(0)], uri_of(10): ORIGINALS[cid_of(10)]}
    sidecar = json.loads(next(tmp_path.glob("images/*/*.json")).read_text())
    assert sidecar["decision"]["submission"]["alt"].startswith("Picture ")
    assert sidecar["decision"]["submission"]["languages"] == ["en"]
    assert sidecar["decision"]["facts"]["url"].startswith("https://pds.example/xrpc/com.atproto.sync.getBlob")
    assert world.asked["cdn.bsky.app/img/feed_thumbnail/plain/" + did_of(0) + "/" + cid_of(0) + "@jpeg"] == 1
    assert all(agent.startswith("linux:bowerbird") for agent in world.agents)

    # One is deleted, and the other's author leaves.
    world.script[21] = commit(0, "delete", "k0")
    account = {"active": False, "status": "takendown", "did": did_of(10), "seq": 5}
    world.script[22] = {"did": did_of(10), "kind": "account", "account": account}
    world.clock.now += 1
    assert mine(world, tmp_path) == 0
    assert "bluesky: 2 kept pictures purged" in (told := capsys.readouterr().err)
    assert "1 deleted" in told
    assert "1 takendown" in told
    assert kept(tmp_path) == {}
    assert list(tmp_path.glob("images/*/*")) == []
    lines = "".join(path.read_text() for path in tmp_path.glob("decisions/*/*.jsonl"))
    assert "Post 0" not in lines
    assert "Picture 10" not in lines
    assert uri_of(10) in lines


def test_who_is_deleted_while_the_run_reads_is_not_kept(world: LoopbackJetstream, tmp_path: Path) -> None:
    world.script[15] = commit(0, "delete", "k0")
    assert mine(world, tmp_path) == 0
    assert kept(tmp_path) == {uri_of(10): ORIGINALS[cid_of(10)]}


def test_who_shows_pictures_only_to_those_signed_in_is_left_alone(
    world: LoopbackJetstream, tmp_path: Path
) -> None:
    assert isinstance(world.answer, Network)
    world.answer.profiles = {did_of(0): ["!no-unauthenticated"], did_of(10): ["porn"]}
    assert mine(world, tmp_path) == 0
    lines = [
        json.loads(line)
        for path in tmp_path.glob("decisions/*/*.jsonl")
        for line in path.read_text().splitlines()
    ]
    assert {line["reason"].partition(":")[0] for line in lines} == {"opted-out", "over-18"}
    assert not any("getBlob" in path or "fullsize" in path for path in world.asked)


def test_recheck_asks_the_appview(
    world: LoopbackJetstream, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mine(world, tmp_path) == 0
    assert isinstance(world.answer, Network)
    world.answer.posts = {uri_of(10): {"uri": uri_of(10), "author": {"did": did_of(10)}, "labels": []}}
    recheck = ["recheck", "--out", str(tmp_path), "--source", "bluesky", "--gateway", world.gateway]
    assert main(recheck) == 0
    assert "1 still shown, 1 would be purged" not in (said := capsys.readouterr().out)
    assert "1 still shown, 1 purged (1 missing)" in said
    assert set(kept(tmp_path)) == {uri_of(10)}


def test_recheck_leaves_no_old_version_in_a_bucket_that_keeps_them(
    world: LoopbackJetstream, tmp_path: Path, moto: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mine(world, tmp_path) == 0
    assert isinstance(world.answer, Network)
    client, bucket = moto.client("s3"), moto.bucket()
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for path in (path for path in tmp_path.rglob("*") if path.is_file() and ".bowerbird" not in path.parts):
        client.put_object(Bucket=bucket, Key=path.relative_to(tmp_path).as_posix(), Body=path.read_bytes())
    for name, value in (("ACCESS_KEY_ID", ACCESS_KEY), ("SECRET_ACCESS_KEY", SECRET_KEY)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    recheck = ["recheck", "--out", f"s3://{bucket}", "--source", "bluesky", "--gateway", world.gateway]
    world.answer.posts = {uri_of(10): {"uri": uri_of(10), "author": {"did": did_of(10)}, "labels": []}}
    assert main([*recheck, "--endpoint-url", moto.url]) == 0
    found = client.list_object_versions(Bucket=bucket, Prefix="images/")
    pictures = [each["Key"] for each in found["Versions"] if not each["Key"].endswith(".json")]
    assert len(pictures) == 1  # of two, and nothing lies beneath
    assert not found.get("DeleteMarkers")


def test_everything_is_asked_of_the_gateway(
    world: LoopbackJetstream, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["candidates", "--source", "bluesky", "--json", "--gateway", world.gateway]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["id"] for each in found] == [f"{uri_of(n)}/{cid_of(n)}" for n in (0, 10)]
    assert found[0]["version"] == 2
    assert found[0]["previews"] == [
        {
            "url": f"https://cdn.bsky.app/img/feed_thumbnail/plain/{did_of(0)}/{cid_of(0)}@jpeg",
            "width": 1000,
            "height": 750,
        }
    ]
    assert len(world.cursors) == 1


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        ("", "ok", ""),
        ("refuse 403", "blocked", "answered 403"),
        ("refuse 429", "throttled", "may be asked again in 30 s"),
        ("refuse 302", "blocked", "sends us elsewhere"),
        ("refuse 404", "unusable", "no Jetstream is there"),
    ],
)
def test_the_doctor_knows_how_it_is(fault: str, state: str, words: str, world: LoopbackJetstream) -> None:
    world.faults.extend([fault] if fault else [])
    found = probe("bluesky", source_context(world.gateway))
    assert (found.source, found.health) == ("bluesky", state)
    assert words in found.detail


def test_the_doctor_asks_it_first() -> None:
    assert probes()[0] == "bluesky"
