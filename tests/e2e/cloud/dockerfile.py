"""Follows a Dockerfile without Docker: its COPY and RUN steps in plain folders, on this machine's programs.

What an image's base brings is not there, and nothing is isolated, so a RUN may only use relative paths. It
knows the instructions that ours has, and stops at any other.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from string import Template


@dataclass
class Image:
    """A stage: its file system, and what the image says of how to run it."""

    root: Path
    variables: dict[str, str]
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    user: str = ""
    command: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def path(self, name: str) -> Path:
        """A path of the image, where it lies here."""
        return self.root / PurePosixPath(self.workdir, name).relative_to("/")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction and its arguments; comments are left out and continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def allowed(text: str, sources: Path, context: Path) -> None:
    """Copy what a .dockerignore of exceptions, `*` and `!path`, lets the build see."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    for line in lines[1:]:
        if line.startswith("!"):
            _copy(sources / line[1:], context / line[1:])
        else:
            for path in list(context.glob(line)):
                shutil.rmtree(path)


def build(dockerfile: str, context: Path, out: Path, arguments: Mapping[str, str], base: Image) -> Image:
    """Build the last stage; `base` stands for every image that is not a stage, and has a PATH for RUN."""
    stages: dict[str, Image] = {}
    image = base
    for word, text in instructions(dockerfile):
        rest = text if word == "RUN" else Template(text).substitute(image.variables)
        if word == "ARG":
            name, _, default = rest.partition("=")
            image.variables[name] = arguments.get(name, default)
        elif word == "FROM":
            name = rest.partition(" AS ")[2] or f"stage {len(stages)}"
            image = Image(out / name, dict(base.variables), base.workdir)
            image.path(".").mkdir(parents=True)
            stages[name] = image
        elif word == "WORKDIR":
            image.workdir = rest
            image.path(".").mkdir(parents=True, exist_ok=True)
        elif word == "ENV":
            image.environment |= dict(pair.split("=", 1) for pair in rest.split())
        elif word == "COPY":
            *options, source, target = rest.split()
            stage = [stages[option.removeprefix("--from=")] for option in options]
            _copy(stage[0].path(source) if stage else context / source, image.path(target))
        elif word == "RUN":
            subprocess.run(
                ["sh", "-ec", rest], cwd=image.path("."), env={"PATH": image.variables["PATH"]}, check=True
            )
        else:
            _say_how_to_run(image, word, rest)
    return image


def _say_how_to_run(image: Image, word: str, rest: str) -> None:
    if word == "USER":
        image.user = rest
    elif word == "CMD":
        image.command = json.loads(rest)
    elif word == "ENTRYPOINT":
        image.entrypoint = json.loads(rest)
    elif word == "HEALTHCHECK":
        image.healthcheck = json.loads(rest.partition(" CMD ")[2])
    elif word == "VOLUME":
        image.volumes.append(rest)
    else:
        raise AssertionError(f"{word} is an instruction that nobody has needed yet")


def _copy(source: Path, target: Path) -> None:
    """As COPY does: a folder's content goes into the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
