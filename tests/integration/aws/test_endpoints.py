"""The ways to name a stand-in for AWS, each against the servers that run here."""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest
import yaml

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.cli.main import main
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from tests.contract.servers import S3_SERVERS
from tests.pictures import jpeg

COMPOSE = Path(__file__).parents[3] / "infra" / "local-aws" / "compose.yaml"


@pytest.fixture(params=S3_SERVERS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cloud:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("HOME", str(tmp_path))
    # boto3 keeps the credentials of whichever test used it first in this process.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    found: Cloud = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("named", ["--endpoint-url", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_a_bucket_elsewhere_is_a_place(
    server: Cloud, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = server.bucket()
    options = [named, server.url] if named.startswith("--") else []
    if not options:
        monkeypatch.setenv(named, server.url)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "small.jpg").write_bytes(jpeg(320, 200, 1))
    place = f"s3://{bucket}/gathered"
    assert main(["mine", "--source", f"folder:{pictures}", "--out", place, *options]) == 0
    store = S3Store(server.client("s3"), bucket, "gathered")
    (key,) = store.keys("decisions/")
    (line,) = (store.get(key) or b"").decode().splitlines()
    assert json.loads(line)["stage"] == "dimensions"
    # The same address in another spelling is the same place: the picture has been judged there.
    monkeypatch.setenv(named, f"{server.url}/")
    options = [named, f"{server.url.upper().replace('HTTP', 'http')}/"] if options else []
    assert main(["mine", "--source", f"folder:{pictures}", "--out", f"{place}/", *options]) == 0
    assert list(store.keys("decisions/")) == [key]
    assert (store.get(key) or b"").decode().splitlines() == [line]


def test_the_servers_of_the_compose_file_are_this_machines_alone() -> None:
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_image_of_the_compose_file_is_pinned_and_its_servers_say_when_they_are_ready() -> None:
    for service in yaml.safe_load(COMPOSE.read_text())["services"].values():
        dockerfile = COMPOSE.parents[2] / service["build"]["dockerfile"]
        lines = dockerfile.read_text().splitlines()
        assert [line for line in lines if line.startswith("FROM")] == ["FROM python:3.13-slim-bookworm"]
        (install,) = (line for line in lines if " pip install " in line)
        assert "--require-hashes --requirement /tmp/aws.txt" in install
        assert service["healthcheck"]["test"][0] == "CMD"
    ignored = (COMPOSE.parents[2] / ".dockerignore").read_text().splitlines()
    assert "!requirements/aws.txt" in ignored  # or the build cannot copy it


@pytest.mark.parametrize(("named", "there"), [("", "amazonaws.com"), ("http://aws:4566", "http://aws:4566")])
def test_an_empty_endpoint_is_none(named: str, there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template's `EndpointUrl` is empty unless somebody tries things out."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", named)
    for service in ("s3", "sqs", "dynamodb", "secretsmanager", "ssm"):
        client = boto3.session.Session(region_name=REGION).client(service)  # type: ignore[call-overload]
        assert there in client.meta.endpoint_url
