"""`bowerbird redrive`, on this machine's queue and on a real SQS server."""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

from bowerbird.adapters.aws.sqs import SqsQueue
from bowerbird.adapters.place import open_place
from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.cli.main import main
from bowerbird.core.ports import Queue
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY, Cloud
from tests.contract.servers import CLOUDS


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps another test's credentials
    server: Cloud = request.getfixturevalue(request.param)
    return server


def bury(queue: Queue, bodies: list[str]) -> None:
    queue.send([(body, body) for body in bodies])
    buried: set[str] = set()
    while buried != set(bodies):
        for message in queue.receive(10):
            queue.bury(message, "a cause that is gone by now")
            buried.add(message.body)


def test_dead_letters_of_a_place_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queue = SqliteQueue(open_place(str(tmp_path)).state / "queue.db")
    bury(queue, ["a", "b"])
    assert main(["redrive", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "2 dead letters are back on the queue\n"
    depth = queue.depth()
    queue.close()
    assert (depth.ready, depth.dead) == (2, 0)


def test_a_place_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert main(["redrive", "--out", str(tmp_path / "misspelt")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_dead_letters_of_sqs_come_back(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    url, dead = cloud.queues(visibility_s=60, max_receives=5)
    queue = SqsQueue(cloud.client("sqs"), url, dead)
    bodies = [f"candidate {n}" for n in range(12)]
    bury(queue, bodies)
    assert main(["redrive", "--queue", url, "--endpoint-url", cloud.url]) == 0
    assert capsys.readouterr().out == "12 dead letters are back on the queue\n"
    assert queue.depth().dead == 0
    found: set[str] = set()
    while messages := queue.receive(10):
        assert {message.receives for message in messages} == {1}  # with all their attempts before them
        found |= {message.body for message in messages}
    assert found == set(bodies)


def test_a_stacks_settings_reach_it_without_an_option(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)
    url, dead = cloud.queues(visibility_s=60, max_receives=5)
    bury(SqsQueue(cloud.client("sqs"), url, dead), ["a"])
    assert main(["redrive", "--queue", url]) == 0
    assert capsys.readouterr().out == "1 dead letters are back on the queue\n"


def test_a_queue_without_dead_letters_says_so(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    _, dead = cloud.queues(visibility_s=60, max_receives=5)
    assert main(["redrive", "--queue", dead, "--endpoint-url", cloud.url]) == 2
    assert "has no dead-letter queue" in capsys.readouterr().err


def test_a_queue_that_is_not_there_says_so(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    missing = f"{cloud.url}/000000000000/no-such-queue"
    assert main(["redrive", "--queue", missing, "--endpoint-url", cloud.url]) == 2
    assert "NonExistentQueue" in capsys.readouterr().err


def test_no_region_is_an_error_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    assert main(["redrive", "--queue", "https://sqs.example/queue"]) == 1
    assert "region" in capsys.readouterr().err


def test_it_must_be_told_where(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["redrive"])
    assert "--queue" in capsys.readouterr().err
