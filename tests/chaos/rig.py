"""Real `bowerbird mine` processes over a loopback internet, and what must be true once they recovered."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bowerbird.adapters.sqlite.queue import SqliteQueue
from bowerbird.core.ports import ObjectStore
from tests.aws_servers import ACCESS_KEY, REGION, SECRET_KEY
from tests.e2e.cloud.rig import ROOT, bundle
from tests.loopback import Answer, Loopback, loopback
from tests.pictures import encoded

PICTURES = 48


def picture(number: int, width: int = 1600, height: int = 1200) -> bytes:
    """A patchwork that is like no other number's."""
    patches = np.random.default_rng(number).integers(0, 256, (6, 8, 3), np.uint8)
    return encoded(Image.fromarray(patches, "RGB").resize((width, height), Image.Resampling.BICUBIC))


FILES = {number: picture(number % 12) for number in range(PICTURES)} | {
    number: picture(number, 320, 200) for number in range(2, PICTURES, 6)
}
#: Every ninth picture is gone, some are too small, and of the others four each are the same.
GONE = set(range(8, PICTURES, 9))


def answer(_host: str, path: str) -> Answer:
    """Play every picture host."""
    time.sleep(0.02)
    number = int(path.removeprefix("/p").removesuffix(".jpg"))
    return (404, "text/html", b"gone") if number in GONE else (200, "image/jpeg", FILES[number])


@dataclass
class Rig:
    """A world to mine; `mine` starts a process, `finish` waits for its end."""

    folder: Path
    pictures: Loopback
    zygote: subprocess.Popen[str]
    bundle: Path
    started: int = 0
    ended: dict[int, int] = field(default_factory=dict)

    def mine(self, place: str, *more: str) -> int:
        """Start mining; returns the process's id."""
        source = f"urls:{self._urls()}"
        return self._start("--source", source, "--out", place, "--bundle", str(self.bundle), *more)

    def mine_tastes(self, *places: Path) -> int:
        """Start mining by a configuration in which each place is a taste; returns the process's id."""
        tastes = (f'[[taste]]\nplace = "{place}"\nbundle = "{self.bundle}"\n' for place in places)
        path = self.folder / "bowerbird.toml"
        path.write_text(f'[[stream]]\nsource = "urls:{self._urls()}"\n' + "".join(tastes))
        return self._start("--config", str(path))

    def _urls(self) -> Path:
        urls = self.folder / "urls.txt"
        if not urls.exists():
            lines = [f"https://pictures.example/p{number}.jpg\n" for number in range(PICTURES)]
            urls.write_text("".join(lines))
        return urls

    def _start(self, *options: str) -> int:
        return self.run("mine", "--gateway", self.pictures.url, "--downloads", "4", *options)

    def run(self, *command: str) -> int:
        """Start a command; returns the process's id."""
        self.started += 1
        return int(self._ask(json.dumps([str(self.output(self.started)), *command])))

    def output(self, number: int) -> Path:
        """What the process that was started as this number wrote."""
        return self.folder / f"output-{number}.txt"

    def told(self) -> str:
        """What the last two processes wrote."""
        numbers = range(max(1, self.started - 1), self.started + 1)
        return "\n".join(self.output(number).read_text() for number in numbers)

    def kill(self, pid: int) -> None:
        """As `kill -9` does."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.finish(pid)

    def finish(self, pid: int) -> int:
        """Wait for the process's end; returns its exit status, negative for a signal."""
        while pid not in self.ended:
            ended, status = json.loads(self._ask(""))
            self.ended[ended] = os.waitstatus_to_exitcode(status)
        return self.ended.pop(pid)

    def finish_well(self, place: str, *more: str) -> None:
        """Mine to the end, undisturbed."""
        status = self.finish(self.mine(place, *more))
        assert status == 0, self.output(self.started).read_text()

    def _ask(self, line: str) -> str:
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(line + "\n")
        self.zygote.stdin.flush()
        return self.zygote.stdout.readline()


@contextmanager
def rigged(folder: Path) -> Iterator[Rig]:
    """A world of its own below `folder`."""
    command = [sys.executable, "-m", "tests.chaos.zygote"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        loopback(answer) as pictures,
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) as zygote,
    ):
        yield Rig(folder, pictures, zygote, bundle(folder))
        assert zygote.stdin is not None
        zygote.stdin.close()


def decisions(store: ObjectStore) -> list[dict[str, Any]]:
    """Every decision line."""
    return [
        json.loads(line)
        for key in store.keys("decisions/")
        for line in (store.get(key) or b"").decode().splitlines()
    ]


def assert_all_is_right(store: ObjectStore, candidates: int = PICTURES) -> None:
    """Each candidate has exactly one decision line, each survivor exactly one object, and nothing else is."""
    lines = decisions(store)
    assert Counter(Counter(d["candidate"] for d in lines).values()) == {1: candidates}
    kept = {d["image"]: d for d in lines if d["keep"]}
    assert len(kept) == sum(d["keep"] for d in lines) > 0
    sidecars = {key.rsplit(".", 1)[0] + ".json": key for key in kept}
    assert set(store.keys("images/")) == set(kept) | set(sidecars)
    for sidecar, key in sidecars.items():
        assert hashlib.sha256(store.get(key) or b"").hexdigest() in key
        assert json.loads(store.get(sidecar) or b"")["decision"] == kept[key]


def assert_outcome(store: ObjectStore) -> None:
    """And every candidate came to the end that its picture deserves."""
    outcome = Counter("kept" if d["keep"] else d["reason"].partition(":")[0] for d in decisions(store))
    small = {number for number in range(2, PICTURES, 6) if number not in GONE}
    there = {number for number in range(PICTURES) if number not in GONE | small}
    distinct = len({FILES[number] for number in there})
    assert outcome == {
        "gone": len(GONE), "too-small": len(small), "kept": distinct, "duplicate": len(there) - distinct,
    }  # fmt: skip


def dead_letters(state: Path) -> list[tuple[str, str]]:
    """What was given up."""
    queue = SqliteQueue(state / "queue.db")
    try:
        return queue.dead_letters(9)
    finally:
        queue.close()
