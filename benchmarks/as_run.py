"""Runs `bowerbird mine` itself on a mix, as its user does: a command, with its defaults, on all cores."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.server import serving
from benchmarks.stream import Mix
from benchmarks.watch import watched


def mine(mix: Mix, cores: set[int], *options: str) -> dict[str, Any]:
    """What `mine` takes for a mix; loopback is its network.

    Raises:
        SystemExit: `mine` failed; its last words are in the text.
    """
    with TemporaryDirectory() as folder, serving(mix.files) as server:
        place = Path(folder)
        listing = place / "posts.jsonl"
        listing.write_text("".join(json.dumps(post) + "\n" for post in mix.posts))
        command = [str(Path(sys.executable).with_name("bowerbird")), "mine", "--once"]
        command += ["--source", f"replay:{listing}", "--out", str(place / "out")]
        command += ["--gateway", f"http://127.0.0.1:{server.server_port}", *options]
        pinned = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        try:
            with (place / "log").open("wb") as log:
                took = watched(command, log=log)
        finally:
            os.sched_setaffinity(0, pinned)
        if took.status:
            raise SystemExit(f"mine ended with {took.status}:\n{(place / 'log').read_text()[-2000:]}")
        return {
            "cpu_ms": took.cpu_ms,
            "wall_s": took.wall_s,
            "peak_mb": took.peak_pss_mb,
            "peak_rss_mb": took.peak_rss_mb,
            "processes": took.processes,
            "bytes": server.sent.total(),
            "kept": _kept(place / "out"),
        }


def _kept(place: Path) -> int:
    lines = (line for path in place.rglob("decisions/**/*.jsonl*") for line in path.read_text().splitlines())
    return sum(bool(json.loads(line).get("keep")) for line in lines)
