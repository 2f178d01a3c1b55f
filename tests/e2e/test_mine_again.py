"""`bowerbird mine`, started again. What happens when it is killed is in tests/chaos."""

from __future__ import annotations

import itertools
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.loopback import Answer, Loopback, loopback
from tests.pictures import jpeg

PICTURES = 60
#: So many are given before the rest waits for `go_on`.
SOON = 30
PROGRAM = "import sys; from bowerbird.cli.main import main; sys.exit(main(sys.argv[1:]))"


def answer(_host: str, path: str) -> Answer:
    """Every third picture is too small, every tenth is gone, every seventh is a copy of another."""
    number = int(path.removeprefix("/p").removesuffix(".jpg"))
    if number % 10 == 9:
        return 404, "text/html", b"<html>gone</html>"
    if number % 3 == 2:
        return 200, "image/jpeg", jpeg(320, 200, number)
    return 200, "image/jpeg", jpeg(1600, 1200, 1 if number % 7 == 0 else number)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(answer) as running:
        yield running


@dataclass
class Half:
    """A server that does not give more than half of the pictures before it is told to `go_on`."""

    server: Loopback
    go_on: threading.Event

    def wait_for(self, asked: int) -> None:
        until = time.monotonic() + 120
        while self.server.asked.total() < asked:
            assert time.monotonic() < until, self.server.asked
            time.sleep(0.02)


@pytest.fixture
def half() -> Iterator[Half]:
    go_on, given = threading.Event(), itertools.count()

    def slowly(host: str, path: str) -> Answer:
        assert next(given) < SOON or go_on.wait(120)
        return answer(host, path)

    with loopback(slowly) as running:
        yield Half(running, go_on)
        go_on.set()


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    path = tmp_path / "urls.txt"
    path.write_text("".join(f"https://pictures.example/p{number}.jpg\n" for number in range(PICTURES)))
    return path


def mine(urls: Path, out: Path, server: Loopback) -> subprocess.Popen[str]:
    command = ["mine", "--source", f"urls:{urls}", "--out", str(out), "--gateway", server.url]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command, "--downloads", "4"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def decisions(out: Path) -> list[dict[str, object]]:
    lines = [line for path in out.glob("decisions/day=*/*.jsonl") for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def test_a_second_run_fetches_nothing_again(tmp_path: Path, urls: Path, server: Loopback) -> None:
    finish(mine(urls, tmp_path / "out", server))
    asked = server.asked.total()
    assert "60 candidates were known from before" in finish(mine(urls, tmp_path / "out", server))
    assert server.asked.total() == asked


def test_an_interrupt_stops_cleanly_and_the_next_run_goes_on(tmp_path: Path, urls: Path, half: Half) -> None:
    process = mine(urls, tmp_path / "out", half.server)
    half.wait_for(5)
    process.terminate()
    half.go_on.set()
    assert "wait in the queue; run the same command again to go on" in finish(process)
    finish(mine(urls, tmp_path / "out", half.server))
    assert len(decisions(tmp_path / "out")) == PICTURES


@pytest.mark.parametrize("told", [True, False], ids=["told", "as by nohup"])
def test_a_terminal_that_is_closed_stops_a_miner_cleanly_or_not_at_all(
    told: bool,
    tmp_path: Path,
    urls: Path,
    half: Half,
) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_DFL if told else signal.SIG_IGN)
        command = ["mine", "--source", f"urls:{urls}", "--out", str(tmp_path / "out"), "--every", "1h"]
        command += ["--gateway", half.server.url, "--downloads", "4"]
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, *command])  # noqa: S606 - ourselves
    while half.server.asked.total() < 5:
        os.read(terminal, 4096)
    os.close(terminal)
    if not told:
        half.wait_for(SOON)
        os.kill(pid, signal.SIGTERM)
    half.go_on.set()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert 5 <= len(decisions(tmp_path / "out")) < PICTURES
