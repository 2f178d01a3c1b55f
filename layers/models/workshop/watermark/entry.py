"""How a detector is fed, and `watermark.json`, which `bowerbird train` takes with the encoder beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .render import SIDE
from .scene import Picture


def pixels(picture: Picture) -> NDArray[np.float32]:
    """RGB uint8 HxWx3 to 1x3xHxW, mean and deviation 0.5."""
    return ((picture.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None]


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
