"""Runs a system on a mix, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import shapes
from benchmarks.server import serving
from benchmarks.stream import Mix
from bowerbird.core.messages import encode_candidate

SYSTEMS: Final = ("baseline", "clip", "clip after lite", "lite", "lite without previews")


def networks() -> Path:
    """The folder of the networks, made once a machine: they take a minute and 450 MB."""
    folder = Path(tempfile.gettempdir()) / "bowerbird-benchmarks"
    folder.mkdir(exist_ok=True)
    if not (folder / "vit_b16.int8.onnx").exists():
        shapes.efficientnetv2_b0(folder / "efficientnetv2_b0.onnx")
        whole = shapes.vit_b16(folder / "vit_b16.onnx")
        shapes.int8(whole, folder / "vit_b16.part").rename(folder / "vit_b16.int8.onnx")
    return folder


def measured(mix: Mix, system: str, liked: Sequence[str] = ()) -> dict[str, Any]:
    """Time, memory, bytes and outcomes of a system; the baseline passes on those of `liked`."""
    with serving(mix.files) as server:
        job = {
            "system": system,
            "networks": str(networks()) if system.startswith(("baseline", "clip")) else "",
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
        figures["bytes"] = server.sent.total()
        figures["bytes of PNG"] = sum(sent for name, sent in server.sent.items() if ".png" in name)
    return figures


def kept(figures: dict[str, Any]) -> set[str]:
    """The candidates that a system kept."""
    return {id_ for id_, end in figures["outcomes"].items() if end == "kept"}
