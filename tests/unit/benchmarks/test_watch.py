import sys
from pathlib import Path

from benchmarks.watch import watched

# A process that starts another, which keeps 60 MB and a core busy for 0.2 s of its own time.
BUSY = """
import time
held = bytearray(60_000_000)
while time.process_time() < 0.2: pass
"""
STARTS_ANOTHER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"


def test_time_and_memory_of_grandchildren_count(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        took = watched([sys.executable, "-c", STARTS_ANOTHER], log=log)
    assert took.status == 0
    assert took.cpu_ms >= 200
    assert took.processes == 2
    assert took.peak_rss_mb >= took.peak_pss_mb >= 60


def test_a_failure_is_told(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        took = watched([sys.executable, "-c", "raise SystemExit(3)"], log=log)
    assert took.status == 3
