"""The benchmark: baseline and ours on the same pictures, pinned to one core; table, JSON and plot."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from benchmarks import plot, shapes
from benchmarks.server import serving
from benchmarks.stream import Mix, camera, r_all
from bowerbird.core.messages import encode_candidate
from bowerbird.models.bundle import load

SYSTEMS: Final = ("baseline", "clip", "clip after lite", "lite", "lite without previews")
RESULTS: Final = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Run everything and say what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--photographs", type=Path, help="a folder of your own (default: the demo's)")
    parser.add_argument("--count", type=int, default=16, help="photographs (default: 16)")
    parser.add_argument("--stream", type=int, default=200, help="candidates of the stream (default: 200)")
    arguments = parser.parse_args()
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    networks = _networks()
    mixes = (
        camera(arguments.photographs, arguments.count),
        r_all(arguments.photographs, arguments.stream, load("lite")),
    )
    report: dict[str, Any] = {"core": core, "mixes": {}}
    for mix in mixes:
        report["mixes"][mix.name] = results = _run(mix, networks)
        print(_table(mix, results), flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "results.json").write_text(json.dumps(report, indent=1) + "\n")
    plot.draw(report["mixes"], RESULTS / "performance.svg")
    print(f"written to {RESULTS}")


def _networks() -> Path:
    """The networks, made once a machine: they take a minute and 450 MB."""
    folder = Path(tempfile.gettempdir()) / "bowerbird-benchmarks"
    folder.mkdir(exist_ok=True)
    if not (folder / "vit_b16.int8.onnx").exists():
        shapes.efficientnetv2_b0(folder / "efficientnetv2_b0.onnx")
        whole = shapes.vit_b16(folder / "vit_b16.onnx")
        shapes.int8(whole, folder / "vit_b16.part").rename(folder / "vit_b16.int8.onnx")
    return folder


def _run(mix: Mix, networks: Path) -> dict[str, dict[str, Any]]:
    """Every system on a mix; lite without previews goes first: the baseline is told its verdicts."""
    results: dict[str, dict[str, Any]] = {}
    liked: list[str] = []
    for system in reversed(SYSTEMS):
        results[system] = _measure(mix, networks, system, liked)
        liked = liked or [id_ for id_, end in results[system]["outcomes"].items() if end == "kept"]
        print(f"{mix.name}, {system}: done", file=sys.stderr, flush=True)
    return {system: results[system] for system in SYSTEMS}


def _measure(mix: Mix, networks: Path, system: str, liked: list[str]) -> dict[str, Any]:
    with serving(mix.files) as server:
        job = {
            "system": system,
            "networks": str(networks),
            "server": f"http://127.0.0.1:{server.server_port}",
            "candidates": [encode_candidate(each) for each in mix.candidates],
            "liked": liked,
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.worker"],
            input=json.dumps(job),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures: dict[str, Any] = json.loads(done.stdout)
        figures["bytes"] = server.sent
    return figures


def _table(mix: Mix, results: dict[str, dict[str, Any]]) -> str:
    count, base = len(mix.candidates), results["baseline"]
    lines = [
        f"\n{mix.name}, {count} candidates",
        f"{'':24}{'CPU ms':>9}{'ratio':>8}{'kB':>9}{'ratio':>8}{'peak MB':>9}{'kept':>6}{'differ':>8}",
    ]
    reference = results["lite without previews"]["outcomes"]
    for system, figures in results.items():
        cpu, size = figures["cpu_ms"] / count, figures["bytes"] / count / 1000
        kept = Counter(figures["outcomes"].values())["kept"]
        differ = sum(
            (reference[id_] == "kept") != (end == "kept") for id_, end in figures["outcomes"].items()
        )
        lines.append(
            f"{system:24}{cpu:9.1f}{base['cpu_ms'] / figures['cpu_ms']:8.1f}"
            f"{size:9.1f}{base['bytes'] / max(1, figures['bytes']):8.1f}"
            f"{figures['peak_mb']:9.0f}{kept:6}{differ:8}"
        )
    for system, figures in results.items():
        parts = sorted(figures["stages_ms"].items(), key=lambda item: -item[1])
        lines.append(f"{system}: " + ", ".join(f"{name} {spent / count:.1f}" for name, spent in parts))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
