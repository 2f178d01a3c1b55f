"""The benchmark: the original's work, ours, `mine` as users run it, and what they would pick instead.

All are processor time. The systems are pinned to one core; `mine` and the others have all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import as_run, peers, plot, report
from benchmarks.stream import Mix, camera, r_all
from benchmarks.systems import SYSTEMS, kept, measured
from bowerbird.models.bundle import load

RESULTS: Final = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Run everything and say what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--photographs", type=Path, help="a folder of your own (default: the demo's)")
    parser.add_argument("--stream", type=int, default=400, help="candidates of the stream (default: 400)")
    parser.add_argument("--count", type=int, default=16, help="photographs (default: 16)")
    arguments = parser.parse_args()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    results: dict[str, Any] = {"machine": _machine(cores), "mixes": {}, "mine": {}, "peers": {}}
    mixes = (
        r_all(arguments.photographs, arguments.stream, load("lite")),
        camera(arguments.photographs, arguments.count),
    )
    for mix in mixes:
        results["mixes"][mix.name] = _run(mix)
        results["mine"][mix.name] = as_run.mine(mix, cores)
        _said(f"{mix.name}, mine: done")
    results["mine start"] = as_run.mine(mixes[0].first(1), cores)
    if peers.installed():
        results["peers"] = peers.run(mixes[0])
        results["peers start"] = peers.run(mixes[0].first(1))
    else:
        _said("what others do is left out: `make bench` installs them into .venv-peers")
    results["machine"]["load at the end"] = os.getloadavg()[0]
    _write(results)


def _write(results: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = report.pages(results)
    (RESULTS / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "results.md").write_text(text)
    plot.draw(results["mixes"], RESULTS / "performance.svg")
    print(text)
    _said(f"written to {RESULTS}")


def _machine(cores: set[int]) -> dict[str, Any]:
    """What it ran on, and how busy that was."""
    lines = [line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines()]
    told = {name.strip(): value.strip() for name, _, value in lines}
    flags = told.get("flags", "").split()
    return {
        "processor": told.get("model name", "unknown"),
        "vectors": next((flag for flag in ("avx512f", "avx2") if flag in flags), "neither AVX2 nor AVX-512"),
        "VNNI": any("vnni" in flag for flag in flags),
        "cores": len(cores),
        "date": datetime.now(UTC).date().isoformat(),
        "load at the start": os.getloadavg()[0],
    }


def _run(mix: Mix) -> dict[str, dict[str, Any]]:
    """Every system on a mix; lite without previews goes first: the baseline is told its verdicts."""
    results: dict[str, dict[str, Any]] = {}
    liked: list[str] = []
    for system in reversed(SYSTEMS):
        results[system] = measured(mix, system, liked)
        liked = liked or sorted(kept(results[system]))
        _said(f"{mix.name}, {system}: done")
    return {system: results[system] for system in SYSTEMS}


def _said(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
