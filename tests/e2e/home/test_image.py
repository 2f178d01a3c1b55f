"""The home image's own steps, followed without an engine, and what they make, run as compose would run it.

What this does not show: that the base image has what the packages' compiled code needs.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cloud.dockerfile import Image, allowed, build, instructions
from tests.e2e.cloud.rig import ROOT
from tests.pictures import jpeg

pytestmark = pytest.mark.xdist_group("home image")  # built once

FOLDER = ROOT / "infra" / "home"
CONTAINERFILE = (FOLDER / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
NEVER = {"sklearn", "scipy", "torch", "onnx", "pytest", "mypy"}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    context = folder / "context"
    allowed((FOLDER / "Containerfile.dockerignore").read_text(), ROOT, context)
    found = subprocess.run([ROOT / "infra/sam/find-python.sh"], capture_output=True, text=True, check=True)
    path = f"{found.stdout.strip()}:{os.environ['PATH']}"
    return build(CONTAINERFILE, context, folder / "stages", {}, Image(folder, {"PATH": path}))


@contextmanager
def without_writing(folder: Path) -> Iterator[None]:
    """The root file system of the container is read only, so nothing may appear there."""
    before = set(folder.rglob("*"))
    yield
    assert set(folder.rglob("*")) == before


def run(image: Image, data: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the image, with `data` as its volume."""
    environment = image.environment | {
        "PATH": image.variables["PATH"],
        "PYTHONPATH": str(image.path(image.environment["PYTHONPATH"])),
        "HOME": str(data),
    }
    return subprocess.run(
        command, cwd=data, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_init_mine_and_the_health_check_work_in_it(image: Image, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "one.jpg").write_bytes(jpeg())
    program = image.entrypoint
    with without_writing(image.root):
        nothing = run(image, tmp_path, *program, *image.command)
        assert (nothing.returncode, "bowerbird init" in nothing.stderr) == (2, True), nothing.stderr
        init = ["init", "--yes", "--stream", "folder:pictures", "--place", "found"]
        assert run(image, tmp_path, *program, *init).returncode == 0
        mined = run(image, tmp_path, *program, *image.command, "--once")
        assert (mined.returncode, "of 1 in" in mined.stdout) == (0, True), mined.stderr
        health = run(image, tmp_path, *image.healthcheck)
        assert (health.returncode, "nothing runs here" in health.stdout) == (1, True), health.stderr
        (tmp_path / "found" / ".bowerbird" / "alive").touch()
        assert run(image, tmp_path, *image.healthcheck).returncode == 0


def test_it_does_not_run_as_root_and_has_one_volume(image: Image) -> None:
    assert image.user.split(":")[0] not in {"", "0", "root"}
    assert image.volumes == [image.workdir] == ["/data"]
    opt = image.path("/opt/bowerbird")
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in opt.rglob("*"))
    assert not NEVER & {path.name for path in opt.iterdir()}
    assert list(opt.rglob("bowerbird/cli/__pycache__/mine*.pyc"))


def test_its_base_is_pinned_by_tag() -> None:
    bases = {rest.split()[0] for word, rest in instructions(CONTAINERFILE) if word == "FROM"}
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-[a-z]+", base) for base in bases), bases


def test_compose_gives_each_service_as_little_as_it_needs() -> None:
    assert set(COMPOSE["services"]) == {"mine", "page"}
    for service in COMPOSE["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert [each.partition(":")[2] for each in service["tmpfs"]] == ["size=64m,mode=1777"]
        assert [volume.rpartition(":")[2] for volume in service["volumes"]] == ["/data"]
        assert service["healthcheck"]["test"][0] == "CMD"
        assert "privileged" not in service
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        build_file = FOLDER / service["build"]["context"] / service["build"]["dockerfile"]
        assert build_file.resolve() == FOLDER / "Containerfile"


def test_the_commands_of_compose_are_ones_that_bowerbird_knows(image: Image, tmp_path: Path) -> None:
    for service in COMPOSE["services"].values():
        command = [*image.entrypoint, *service["command"], "--help"]
        assert run(image, tmp_path, *command).returncode == 0
