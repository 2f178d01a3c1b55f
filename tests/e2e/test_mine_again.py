"""`bowerbird mine`, started again. What happens when it is killed is in tests/chaos."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback import Answer, Loopback, loopback
from tests.pictures import jpeg

PICTURES = 60


def answer(_host: str, path: str) -> Answer:
    """Every third picture is too small, every tenth is gone, every seventh is a copy of another."""
    time.sleep(0.05)
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


@pytest.fixture
def urls(tmp_path: Path) -> Path:
    path = tmp_path / "urls.txt"
    path.write_text("".join(f"https://pictures.example/p{number}.jpg\n" for number in range(PICTURES)))
    return path


def mine(urls: Path, out: Path, server: Loopback) -> subprocess.Popen[str]:
    command = ["mine", "--source", f"urls:{urls}", "--out", str(out), "--gateway", server.url]
    program = "import sys; from infra.local.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", program, *command, "--downloads", "4"],
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


def test_an_interrupt_stops_cleanly_and_the_next_run_goes_on(
    tmp_path: Path, urls: Path, server: Loopback
) -> None:
    process = mine(urls, tmp_path / "out", server)
    deadline = time.monotonic() + 60
    while server.asked.total() < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.terminate()
    assert "wait in the queue; run the same command again to go on" in finish(process)
    finish(mine(urls, tmp_path / "out", server))
    assert len(decisions(tmp_path / "out")) == PICTURES
