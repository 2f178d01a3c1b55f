"""`watermark.json`: what `bowerbird train` takes with the encoder it lies beside."""

from __future__ import annotations

import json
from pathlib import Path

from .render import SIDE


def write(model: Path, artifact: dict[str, str | int], threshold: float, chosen: str) -> None:
    """Beside the model; pictures are prepared as in training, ours and the published classifier's."""
    entry = {
        "artifact": artifact,
        "preprocess": {
            "resizes": [{"size": SIDE, "fit": "squash", "resample": "lanczos"}],
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
        "threshold": {"value": round(threshold, 6), "chosen": chosen},
    }
    model.with_name("watermark.json").write_text(json.dumps(entry, indent=2) + "\n", "utf-8")
