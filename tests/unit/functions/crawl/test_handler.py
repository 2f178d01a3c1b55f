"""The Lambda function as it is deployed, on a real SQS protocol: schedule in, messages and counts out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from bowerbird.core.messages import decode_candidate
from tests import aws_servers

# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
_EVENT = {"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}


@dataclass
class Context:
    """What Lambda tells a call; `left` is its remaining milliseconds, told once for each post."""

    left: list[int]
    function_name: str = "crawl"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:crawl"
    aws_request_id: str = "1"

    def get_remaining_time_in_millis(self) -> int:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


def test_a_schedule_puts_candidates_on_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    links = tmp_path / "links"
    links.write_text(
        "https://i.redd.it/a.jpg\nhttps://i.imgur.com/QhVg5yl.gifv\nhttps://i.redd.it/b.jpg\nhttps://i.redd.it/c.jpg\n"
    )
    with aws_servers.moto() as cloud:
        queue, dead = cloud.queues(visibility_s=30, max_receives=5)
        environment = {
            "AWS_DEFAULT_REGION": aws_servers.REGION,
            "AWS_ACCESS_KEY_ID": aws_servers.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": aws_servers.SECRET_KEY,
            "BOWERBIRD_SOURCE": f"urls:{links}",
            "BOWERBIRD_QUEUE_URL": queue,
            "BOWERBIRD_DEAD_LETTER_URL": dead,
            "BOWERBIRD_ENDPOINT_URL": cloud.url,
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        handler = import_module("functions.crawl.handler").handler
        answer = handler(_EVENT, Context([60_000, 60_000, 15_000]))
        assert answer == {
            "candidates": 2,
            "new": 2,
            "skipped": {"video": 1},
            "complete": False,
            "source": {},
            "hosts": {},
        }
        messages = cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    sent = {decode_candidate(message["Body"]).urls[0] for message in messages}
    assert sent == {"https://i.redd.it/a.jpg", "https://i.redd.it/b.jpg"}
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert any(line.get("message") == "crawled" and line["skipped"] == {"video": 1} for line in told)
    assert any(line.get("New") == [2.0] for line in told)
