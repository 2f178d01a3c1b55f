"""What the functions see of the world, made of local servers; and the functions, as they were built."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bowerbird.adapters.aws.s3 import S3Store
from bowerbird.core.keys import replaced_key
from bowerbird.core.messages import Candidate, Submission, encode_candidate
from infra.sam.box import Box, Launch, Report, launched
from infra.sam.built import BuiltFunction, built_functions
from infra.sam.event_source import SqsEventSource
from tests import aws_servers
from tests.aws_servers import Cloud
from tests.loopback import Answer, loopback
from tests.pictures import encoded, gradient, jpeg, noise

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / ".aws-sam" / "build" / "template.yaml"
PYTHON = ROOT / ".venv-lambda" / "bin" / "python"

needs_build = pytest.mark.skipif(
    not (TEMPLATE.exists() and PYTHON.exists() and aws_servers.installed()), reason="needs `make sam`"
)

PICTURES = 48
MOST_POLLS = 80


# Two candidates of their own, a picture full of detail and a smaller copy of it.
BETTER, WORSE = 100, 101


def detailed() -> Image.Image:
    return Image.blend(gradient(2400, 1800, BETTER), noise(2400, 1800), 0.2)


def picture(number: int) -> Answer:
    """Every eighth picture is too small, gone, a web page, or a copy; the others are good."""
    if number in {BETTER, WORSE}:
        return 200, "image/jpeg", encoded(detailed() if number == BETTER else detailed().resize((1600, 1200)))
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
    """The built functions, and what they work on; `cloud` has the queues, `s3` the bucket."""

    cloud: Cloud
    s3: Cloud
    bucket: str
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

    def of_taste(self, name: str) -> Rig:
        """The same, with the place of a further taste as its store."""
        return replace(self, store=S3Store(self.s3.client("s3"), self.bucket, f"tastes/{name}"))

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


def bundle(folder: Path, name: str = "everything") -> Path:
    """The shipped bundle with a taste for everything, so that made-up pictures are kept."""
    copied = folder / name
    shutil.copytree(ROOT / "layers" / "models" / "bundles" / "lite", copied)
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["name"], manifest["novelty"]["threshold"]["value"] = name, -1e9
    (copied / "manifest.json").write_text(json.dumps(manifest))
    return copied


@contextmanager
def rigged(  # noqa: PLR0913 - each part may come from another server
    folder: Path,
    cloud: Cloud,
    s3: Cloud,
    *,
    bucket: str,
    queues: tuple[str, str],
    crawl: Mapping[str, str],
    judge: Mapping[str, str],
    launch: Launch = launched,
    image: BuiltFunction | None = None,
) -> Iterator[Rig]:
    """Functions that are ready to start; `crawl` and `judge` are added to their environments.

    `launch` starts the filter's runtime; `image` is the filter as an image has it, in the place of the zip's.
    """
    with ExitStack() as stack:
        pictures = stack.enter_context(loopback(lambda _, path: picture(int(path[1:].split(".")[0]))))
        shared = {
            "AWS_ENDPOINT_URL": cloud.url,
            "BOWERBIRD_BUCKET": bucket,
            "BOWERBIRD_QUEUE_URL": queues[0],
            "BOWERBIRD_DEAD_LETTER_URL": queues[1],
        }
        environments = {
            "CrawlFunction": {"BOWERBIRD_SOURCE": f"replay:{posts(folder)}", **crawl},
            "FilterFunction": {
                "BOWERBIRD_BUNDLE": str(bundle(folder)),
                "BOWERBIRD_GATEWAY": pictures.url,
                **judge,
            },
        }
        boxes = {}
        for built in built_functions(TEMPLATE):
            if built.name not in environments:
                continue
            function = image if image and built.name == image.name else built
            environment = {**shared, **environments[function.name]}
            start = launch if function.name == "FilterFunction" else launched
            log = folder / f"{function.name}.log"
            boxes[function.name] = Box(function, PYTHON, environment, log, start)
            stack.callback(boxes[function.name].close)
        source = SqsEventSource(cloud.client("sqs"), queues[0], boxes["FilterFunction"])
        yield Rig(
            cloud=cloud,
            s3=s3,
            bucket=bucket,
            store=S3Store(s3.client("s3"), bucket),
            queue_url=queues[0],
            dead_url=queues[1],
            crawl=boxes["CrawlFunction"],
            filter=boxes["FilterFunction"],
            source=source,
        )


def crawled(rig: Rig) -> None:
    report = rig.crawl.invoke(json.loads((ROOT / "infra" / "events" / "crawl.json").read_text()))
    assert report.error is None, report.answer
    assert (report.answer["candidates"], report.answer["skipped"]) == (PICTURES, {"over-18": 1})


def assert_a_better_copy_replaces_a_worse_one(rig: Rig) -> None:
    for number in (WORSE, BETTER):
        urls = (f"https://pictures.example/{number}.jpg",)
        body = encode_candidate(Candidate(f"copy {number}", urls, Submission("test", f"copy {number}")))
        rig.cloud.client("sqs").send_message(QueueUrl=rig.queue_url, MessageBody=body)
        assert {report.error for report in rig.settle()} == {None}
    worse, better = (
        next(each for each in rig.decisions() if each["candidate"] == f"copy {number}")
        for number in (WORSE, BETTER)
    )
    assert better["facts"]["replaces"] == [worse["image"]]
    assert list(rig.store.keys("replaced/")) == [replaced_key(worse["image"])]
    assert rig.store.get(worse["image"]) is None
    assert rig.store.get(better["image"]) == encoded(detailed())


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
