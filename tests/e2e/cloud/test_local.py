"""What docs/deploy.md says to try without an account: compose.yaml's services, and the stack on one of them.

No engine is needed here: each service's own command runs from .venv-aws, which has what the image has.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
import yaml

from bowerbird.adapters.aws.s3 import S3Store
from infra.sam import local
from tests.aws_servers import REGION, free_port, weed_ports
from tests.e2e.cloud.rig import ROOT, needs_build
from tests.pictures import jpeg

pytestmark = [needs_build, pytest.mark.xdist_group("local")]  # deployed once

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "infra/local-aws/compose.yaml").read_text())["services"]
START_S = 60.0
AGENT = "aws-lambda:bowerbird:1 (+you@example.org)"


@contextmanager
def up(name: str, folder: Path) -> Iterator[str]:
    """`docker compose up --wait NAME`, on a port that is free; gives the server's address."""
    service = SERVICES[name]
    (published,) = service["ports"]
    address, _, port = published.rsplit(":", 2)
    assert address == "127.0.0.1"  # everybody knows the passwords
    ours = str(free_port())

    def here(text: str) -> str:
        return text.replace("0.0.0.0", "127.0.0.1").replace(port, ours).replace("=/tmp", f"={folder}")

    command, *options = map(here, service["command"])
    environment = {key: here(str(value)) for key, value in service["environment"].items()}
    # The ports that compose leaves at their defaults are nobody else's in a container.
    options += weed_ports() if name == "s3" else []
    process = subprocess.Popen(
        [str(ROOT / ".venv-aws" / "bin" / command), *options],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), **environment, "HOME": str(folder)},
        stdout=(folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
    )
    kind, python, *check = map(here, service["healthcheck"]["test"])
    assert (kind, python) == ("CMD", "python")
    try:
        until(
            lambda: subprocess.run([sys.executable, *check], capture_output=True, check=False).returncode == 0
        )
        yield f"http://127.0.0.1:{ours}"
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + START_S
    while not true():
        assert time.monotonic() < end, "it did not come to pass within a minute"
        time.sleep(0.1)


@dataclass(frozen=True)
class Stack:
    url: str
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @property
    def store(self) -> S3Store:
        return S3Store(self.client("s3"), self.outputs["Bucket"])


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with up("aws", tmp_path_factory.mktemp("aws")) as url:
        yield Stack(url, local.deploy(url, {"UserAgent": AGENT, "HttpApi": "NONE"}))


def test_everybody_may_call_the_http_function_which_judges_with_its_layers(stack: Stack) -> None:
    files = {"a": ("small.jpg", jpeg(640, 480))}
    answer = requests.post(f"{stack.outputs['HttpUrl']}judge", files=files, timeout=START_S)
    assert answer.status_code == 200, answer.text
    (verdict,) = answer.json()["verdicts"]
    assert "novelty" in verdict["scores"]  # the models layer lies over it


def test_the_filter_takes_from_its_queue_and_writes_to_the_stand_in(stack: Stack) -> None:
    (sample,) = json.loads((ROOT / "infra/events/filter.json").read_text())["Records"]
    # A port that is not read: the candidate is decided without a request to anybody.
    body = sample["body"].replace("https://i.redd.it/", "https://127.0.0.1:1/")
    sqs = stack.client("sqs")
    for text in (body, "poison"):
        sqs.send_message(QueueUrl=stack.outputs["Queue"], MessageBody=text)
    until(lambda: list(stack.store.keys("decisions/")))
    (key,) = stack.store.keys("decisions/")
    decision = json.loads(stack.store.get(key) or b"")
    assert (decision["candidate"], decision["keep"]) == ("t3_abc12/1", False)
    assert decision["reason"].startswith("refused: port 1")
    dead = sqs.receive_message(QueueUrl=stack.outputs["DeadLetters"], WaitTimeSeconds=20)["Messages"]
    assert [letter["Body"] for letter in dead] == ["poison"]


def test_a_failing_crawl_says_so(stack: Stack) -> None:
    client = stack.client("lambda")
    name = stack.outputs["CrawlFunction"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**variables, "BOWERBIRD_SOURCE": "replay:/nowhere"}}
    )
    answer = client.invoke(FunctionName=name, Payload=b"{}", LogType="Tail")
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert "/nowhere" in answer["Payload"].read().decode() + base64.b64decode(answer["LogResult"]).decode()


def test_bucket_and_table_outlive_the_stack(stack: Stack) -> None:  # the last: nothing else is left
    stack.store.put("images/ab/x.jpg", b"a picture", content_type="image/jpeg")
    stack.client("cloudformation").delete_stack(StackName=local.STACK)
    until(lambda: not stack.client("lambda").list_functions()["Functions"])
    assert stack.store.get("images/ab/x.jpg") == b"a picture"
    assert stack.outputs["Ledger"] in stack.client("dynamodb").list_tables()["TableNames"]


def test_the_samples_find_what_they_name(stack: Stack) -> None:
    local.resources(stack.url)
    local.resources(stack.url)  # again, as somebody would who does not remember
    names = {url.rpartition("/")[2] for url in stack.client("sqs").list_queues()["QueueUrls"]}
    assert {"candidates", "candidates-dead", "deliveries", "deliveries-dead"} <= names


def test_the_bucket_server_wants_the_passwords_that_the_page_gives(tmp_path: Path) -> None:
    given = SERVICES["s3"]["environment"]
    page = (ROOT / "docs" / "deploy.md").read_text()
    assert f"AWS_ACCESS_KEY_ID={given['AWS_ACCESS_KEY_ID']} AWS_SECRET_ACCESS_KEY=" in page
    with up("s3", tmp_path) as url:
        client = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        )
        client.create_bucket(Bucket="pictures")
        store = S3Store(client, "pictures")
        assert store.put("a", b"1", content_type="text/plain", if_absent=True)
        assert not store.put("a", b"2", content_type="text/plain", if_absent=True)
        assert requests.get(f"{url}/healthz", timeout=START_S).status_code == 200
        assert requests.get(f"{url}/pictures/a", timeout=START_S).status_code == 403
