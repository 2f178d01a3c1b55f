"""The built functions on Lambda's runtime: posts → queue → verdicts → bucket, and all that can go wrong.

What is deployed is what is tested: `.aws-sam/build`, on the runtime client that Lambda starts too, against
servers that speak SQS, DynamoDB and S3. No Docker, no account.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bowerbird.adapters.aws.s3 import S3Store
from infra.sam.box import Box, Report
from infra.sam.built import built_functions
from infra.sam.event_source import SqsEventSource
from tests import aws_servers
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.e2e.cloud.proxy import Proxy, proxy_before
from tests.loopback import Answer, Loopback, loopback
from tests.pictures import jpeg

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
PYTHON = ROOT / ".venv-lambda" / "bin" / "python"

pytestmark = pytest.mark.skipif(
    not (TEMPLATE.exists() and PYTHON.exists() and aws_servers.installed()), reason="needs `make sam`"
)

PICTURES = 48
MOST_POLLS = 80


def picture(number: int) -> Answer:
    """Every eighth picture is too small, gone, a web page, or a copy; the others are good."""
    kind = number % 8
    if kind == 3:
        return 200, "image/jpeg", jpeg(320, 200, number)
    if kind == 5:
        return 404, "text/plain", b"gone"
    if kind == 6:
        return 200, "text/html", b"<html>a page</html>"
    return 200, "image/jpeg", jpeg(1600, 1200, 0 if kind == 0 else number)


EXPECTED = Counter({"kept": 4 * 6 + 1, "duplicate": 5, "dimensions": 6, "original": 12})


@dataclass
class Rig:
    """Everything the functions see of the world, and the functions."""

    cloud: Cloud
    proxy: Proxy
    pictures: Loopback
    store: S3Store
    queue_url: str
    dead_url: str
    crawl: Box
    filter: Box
    source: SqsEventSource

    def settle(self) -> list[Report]:
        """Run batches until the queue is empty; time passes quickly for what waits to be tried again."""
        reports = []
        for _ in range(MOST_POLLS):
            report = self.source.poll()
            if report:
                reports.append(report)
            elif not self.source.hurry():
                return reports
        pytest.fail(f"the queue was not empty after {MOST_POLLS} batches")

    def decisions(self) -> list[dict[str, Any]]:
        """Every decision line in the bucket."""
        return [
            json.loads(line)
            for key in self.store.keys("decisions/")
            for line in (self.store.get(key) or b"").decode().split("\n")[:-1]
        ]

    def dead_letters(self) -> list[dict[str, Any]]:
        """What lies in the dead-letter queue."""
        found: list[dict[str, Any]] = (
            self.cloud.client("sqs")
            .receive_message(QueueUrl=self.dead_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            .get("Messages", [])
        )
        return found


def posts(folder: Path) -> Path:
    """A recorded hour: link posts, one of them over 18, in the shape of Reddit's API."""
    path = folder / "posts.jsonl"
    post = {"title": "Fjord \uffff", "author": "a", "subreddit": "EarthPorn", "created_utc": 1.6e9}
    lines = [
        {**post, "id": f"p{n}", "name": f"t3_p{n}", "url": f"https://pictures.example/{n}.jpg"}
        for n in range(PICTURES)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {**lines[0], "over_18": True}]))
    return path


def bundle(folder: Path) -> Path:
    """The shipped bundle with a taste for everything, so that made-up pictures are kept."""
    copied = folder / "everything"
    shutil.copytree(ROOT / "layers" / "models" / "bundles" / "lite", copied)
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["novelty"]["threshold"]["value"] = -1e9
    (copied / "manifest.json").write_text(json.dumps(manifest))
    return copied


@pytest.fixture
def rig(tmp_path: Path, ministack: Cloud, seaweedfs: Cloud) -> Iterator[Rig]:
    cloud, s3 = ministack, seaweedfs
    with ExitStack() as stack:
        proxy = stack.enter_context(proxy_before(s3.url))
        pictures = stack.enter_context(loopback(lambda _, path: picture(int(path[1:].split(".")[0]))))
        bucket = s3.bucket()
        queue_url, dead_url = cloud.queues(visibility_s=600, max_receives=5)
        environment = {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL": cloud.url,
            "AWS_ENDPOINT_URL_S3": proxy.url,
            "BOWERBIRD_BUCKET": bucket,
            "BOWERBIRD_QUEUE_URL": queue_url,
            "BOWERBIRD_DEAD_LETTER_URL": dead_url,
            "BOWERBIRD_LEDGER_TABLE": cloud.table(),
            "BOWERBIRD_SOURCE": f"replay:{posts(tmp_path)}",
            "BOWERBIRD_BUNDLE": str(bundle(tmp_path)),
            "BOWERBIRD_GATEWAY": pictures.url,
        }
        boxes = {
            function.name: Box(function, PYTHON, environment, tmp_path / f"{function.name}.log")
            for function in built_functions(TEMPLATE)
        }
        for box in boxes.values():
            stack.callback(box.close)
        source = SqsEventSource(cloud.client("sqs"), queue_url, boxes["FilterFunction"])
        yield Rig(
            cloud, proxy, pictures, S3Store(s3.client("s3"), bucket), queue_url, dead_url,
            boxes["CrawlFunction"], boxes["FilterFunction"], source,
        )  # fmt: skip


@dataclass
class Trouble:
    """S3 refuses writes for longer than boto3 is patient, and the runtime dies at the worst moments."""

    filter: Box
    images: int = 0
    lines: int = 0
    killed: list[str] = field(default_factory=list)

    def refuses(self, method: str, path: str) -> bool:
        if method != "PUT":
            return False
        if "/decisions/" not in path:
            self.images += 1
            return 10 <= self.images < 90
        self.lines += 1
        if self.lines >= 2:
            self._kill("decided, not written")
        return 2 <= self.lines < 12

    def passed(self, method: str, path: str) -> None:
        if method == "PUT" and "/images/" in path and self.images >= 3:
            self._kill("stored, not decided")
        if method == "PUT" and "/decisions/" in path and self.lines >= 12:
            self._kill("written, not acknowledged")

    def _kill(self, moment: str) -> None:
        if moment not in self.killed:
            self.killed.append(moment)
            self.filter.kill()


def crawled(rig: Rig) -> None:
    report = rig.crawl.invoke(json.loads((ROOT / "infra" / "events" / "crawl.json").read_text()))
    assert report.error is None, report.answer
    assert (report.answer["candidates"], report.answer["skipped"]) == (PICTURES, {"over-18": 1})


def assert_all_is_right(rig: Rig) -> None:
    """Every candidate has one decision, every survivor is there once, and nothing else is."""
    decisions = rig.decisions()
    assert Counter(d["candidate"] for d in decisions).most_common(1)[0][1] == 1
    assert Counter("kept" if d["keep"] else d["stage"] for d in decisions) == EXPECTED
    kept = {d["image"] for d in decisions if d["keep"]}
    images = set(rig.store.keys("images/"))
    assert images == kept | {key.replace(".jpg", ".json") for key in kept}
    assert {jpeg(1600, 1200, n) for n in (0, 1)} <= {rig.store.get(key) for key in kept}
    for key in kept:
        sidecar = json.loads(rig.store.get(key.replace(".jpg", ".json")) or b"")
        assert sidecar["decision"] in decisions


def test_posts_become_survivors(rig: Rig) -> None:
    crawled(rig)
    reports = rig.settle()
    assert {report.error for report in reports} == {None}
    assert_all_is_right(rig)
    assert rig.dead_letters() == []


def test_everything_goes_wrong_at_once_and_all_is_right_in_the_end(rig: Rig) -> None:
    crawled(rig)
    crawled(rig)  # overlapping schedules: every candidate is queued twice
    poison = '{"version":9,"candidate":{}}'
    rig.cloud.client("sqs").send_message(QueueUrl=rig.queue_url, MessageBody=poison)

    trouble = Trouble(rig.filter)
    rig.proxy.refuses, rig.proxy.passed = trouble.refuses, trouble.passed
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
