"""The container image's own steps, followed without Docker, and what they make started on Lambda's runtime.

What this does not show: that the base image has what the packages' compiled code needs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.sam.built import BuiltFunction, read_template
from infra.sam.check_build import sizes
from tests.aws_servers import ACCESS_KEY, SECRET_KEY, Cloud
from tests.e2e.cloud.dockerfile import Image, allowed, build, instructions
from tests.e2e.cloud.rig import ROOT, Rig, assert_all_is_right, bundle, crawled, needs_build, rigged

pytestmark = [needs_build, pytest.mark.xdist_group("image")]  # built once

FOLDER = ROOT / "infra" / "image"
DOCKERFILE = (FOLDER / "Dockerfile").read_text()
# AWS's own base has these: https://docs.aws.amazon.com/lambda/latest/dg/python-image.html
TASK = "/var/task"
NEVER = {"sklearn", "scipy", "torch", "matplotlib", "onnx", "boto3", "botocore", "pytest", "fastapi"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    allowed((ROOT / ".dockerignore").read_text(), ROOT, context)
    shutil.move(bundle(folder), context / "layers" / "models" / "bundles" / "everything")
    found = subprocess.run([ROOT / "infra/sam/find-python.sh"], capture_output=True, text=True, check=True)
    path = f"{found.stdout.strip()}:{os.environ['PATH']}"
    base = Image(folder, {"LAMBDA_TASK_ROOT": TASK, "PATH": path}, TASK)
    return build(DOCKERFILE, context, folder / "stages", {"BUNDLE": "everything"}, base)


@pytest.fixture(scope="module")
def function(image: Image) -> BuiltFunction:
    properties = read_template(FOLDER / "template.yaml")["Resources"]["FilterImageFunction"]["Properties"]
    return BuiltFunction(
        name="FilterFunction",
        handler=image.command[0],
        task=image.path(TASK),
        layers=(),
        memory_mb=1769,
        timeout_s=int(properties["Timeout"]),
        environment={"BOWERBIRD_MAX_RECEIVES": "5", **image.environment},
    )


@pytest.fixture
def rig(tmp_path: Path, ministack: Cloud, function: BuiltFunction) -> Iterator[Rig]:
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with rigged(
        tmp_path,
        ministack,
        ministack,
        bucket=ministack.bucket(),
        queues=ministack.queues(visibility_s=600, max_receives=5),
        crawl=keys,
        judge={"BOWERBIRD_LEDGER_TABLE": ministack.table(), "BOWERBIRD_BUNDLE": "everything", **keys},
        image=function,
    ) as rig:
        yield rig


def test_the_image_does_what_the_zip_does(rig: Rig) -> None:
    crawled(rig)
    assert {report.error for report in rig.settle()} == {None}
    assert_all_is_right(rig)


def test_only_what_runs_ships(image: Image, function: BuiltFunction) -> None:
    assert not NEVER & set(sizes(function))
    # A scout needs lite beside it.
    assert {path.name for path in image.path(TASK).joinpath("bundles").iterdir()} == {"everything", "lite"}
    assert image.environment["BOWERBIRD_BUNDLE"] == "everything"
    assert not list(image.path(TASK).glob("onnxruntime/capi/libonnxruntime.so*"))  # trimmed, as the zip is
    assert list(image.path(TASK).rglob("functions/filter/__pycache__/handler*.pyc"))


def test_everybody_may_read_it_and_it_is_not_run_by_root(image: Image) -> None:
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in image.path(TASK).rglob("*"))
    assert image.user.split(":")[0] not in {"", "0", "root"}


def test_its_base_is_the_python_of_the_template() -> None:
    runtime = read_template(ROOT / "template.yaml")["Resources"]["FilterFunction"]["Properties"]["Runtime"]
    bases = {rest.split()[0] for word, rest in instructions(DOCKERFILE) if word == "FROM"}
    assert bases == {f"public.ecr.aws/lambda/{runtime.replace('python', 'python:')}"}
