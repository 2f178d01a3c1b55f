"""The built functions on Lambda's runtime: posts → queue → verdicts → bucket, and all that can go wrong.

What is deployed is what is tested: `.aws-sam/build`, on the runtime client that Lambda starts too, against
servers that speak SQS, DynamoDB and S3. No Docker, no account.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra.sam.box import Box
from infra.sam.built import built_functions
from infra.sam.cold_start import raw_event
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.e2e.cloud.proxy import Proxy, proxy_before
from tests.e2e.cloud.rig import (
    PYTHON,
    TEMPLATE,
    Rig,
    assert_all_is_right,
    bundle,
    crawled,
    needs_build,
    rigged,
)

pytestmark = needs_build


@dataclass
class Trouble:
    """S3 refuses writes for longer than boto3 is patient, and the runtime dies at the worst moments."""

    filter: Box
    images: int = 0
    lines: int = 0
    killed: list[str] = field(default_factory=list)

    def refuses(self, method: str, path: str) -> int:
        if method != "PUT":
            return 0
        if "/decisions/" not in path:
            self.images += 1
            return 503 if 10 <= self.images < 90 else 0
        self.lines += 1
        if self.lines >= 2:
            self._kill("decided, not written")
        return 503 if 2 <= self.lines < 12 else 0

    def passed(self, method: str, path: str) -> None:
        if method == "PUT" and "/images/" in path and self.images >= 3:
            self._kill("stored, not decided")
        if method == "PUT" and "/decisions/" in path and self.lines >= 12:
            self._kill("written, not acknowledged")

    def _kill(self, moment: str) -> None:
        if moment not in self.killed:
            self.killed.append(moment)
            self.filter.kill()


@pytest.fixture
def proxy(seaweedfs: Cloud) -> Iterator[Proxy]:
    with proxy_before(seaweedfs.url) as proxy:
        yield proxy


@pytest.fixture
def rig(tmp_path: Path, ministack: Cloud, seaweedfs: Cloud, proxy: Proxy) -> Iterator[Rig]:
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with rigged(
        tmp_path,
        ministack,
        seaweedfs,
        bucket=seaweedfs.bucket(),
        queues=ministack.queues(visibility_s=600, max_receives=5),
        crawl=keys,
        judge={
            "AWS_ENDPOINT_URL_S3": proxy.url,
            "BOWERBIRD_LEDGER_TABLE": ministack.table(),
            **keys,
        },
    ) as rig:
        yield rig


def test_posts_become_survivors(rig: Rig) -> None:
    crawled(rig)
    reports = rig.settle()
    assert {report.error for report in reports} == {None}
    assert_all_is_right(rig)
    assert rig.dead_letters() == []


def test_everything_goes_wrong_at_once_and_all_is_right_in_the_end(rig: Rig, proxy: Proxy) -> None:
    crawled(rig)
    crawled(rig)  # overlapping schedules: every candidate is queued twice
    poison = '{"version":9,"candidate":{}}'
    rig.cloud.client("sqs").send_message(QueueUrl=rig.queue_url, MessageBody=poison)

    trouble = Trouble(rig.filter)
    proxy.refuses, proxy.passed = trouble.refuses, trouble.passed
    reports = rig.settle()

    errors = Counter(report.error for report in reports)
    assert trouble.killed == ["stored, not decided", "decided, not written", "written, not acknowledged"]
    assert errors["Runtime.ExitError"] == 3
    assert errors["Function.Error"] >= 1  # the lines could not be written
    assert any(report.answer["batchItemFailures"] for report in reports if not report.error)
    assert_all_is_right(rig)
    (letter,) = rig.dead_letters()
    assert letter["Body"] == poison
    assert "version" in letter["MessageAttributes"]["reason"]["StringValue"]


def test_the_http_function_judges_what_it_is_handed(tmp_path: Path) -> None:
    (function,) = (each for each in built_functions(TEMPLATE) if each.name == "HttpFunction")
    box = Box(function, PYTHON, {"BOWERBIRD_BUNDLE": str(bundle(tmp_path))}, tmp_path / "http.log")
    try:
        report = box.invoke(raw_event(2))
    finally:
        box.close()
    assert (report.error, report.answer["statusCode"]) == (None, 200)
    verdicts = json.loads(report.answer["body"])["verdicts"]
    assert [(verdict["name"], verdict["keep"]) for verdict in verdicts] == [("0", True), ("1", True)]
