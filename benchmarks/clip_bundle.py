"""Makes a bundle of the size and cost of a CLIP int8 one. Its weights are random, its verdicts mean nothing.

Usage: python -m benchmarks.clip_bundle FOLDER

The encoder's products have 8 bits. The watermark classifier has 32, as its publisher's has. The model of
taste is the original system's, sixteen full Gaussians, the largest we know.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

from benchmarks import shapes
from bowerbird.models import manifest as manifests
from bowerbird.models import novelty as novelties
from bowerbird.models.densities import Mixture
from bowerbird.models.manifest import (
    Artifact,
    EncoderEntry,
    Manifest,
    NoveltyEntry,
    PreprocessEntry,
    ResizeEntry,
    Threshold,
    WatermarkEntry,
)
from bowerbird.models.novelty import Novelty, Part

_SOURCE = "random weights: benchmarks/clip_bundle.py"
_HALF = (0.5, 0.5, 0.5)
_SQUASH = ResizeEntry(size=512, fit="squash", resample="lanczos")


def make(folder: Path) -> None:
    """Write the bundle."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = shapes.vit_b16(folder / "whole.onnx")
    encoder = shapes.int8(whole, folder / "encoder.onnx")
    whole.unlink()
    watermark = shapes.efficientnetv2_b0(folder / "watermark.onnx")
    weights, means, precisions = (array.astype(np.float32) for array in shapes.mixture())
    taste = Mixture(
        np.asarray("full"),
        weights,
        means,
        precisions,
        np.eye(512, dtype=np.float32),
        np.zeros(512, np.float32),
    )
    novelties.save(Novelty((Part(taste, (0, 512), 0.0, 1.0, 1.0),), -np.inf), folder / "novelty.npz")
    small = ResizeEntry(size=224, fit="squash", resample="bicubic")
    manifests.write(
        Manifest(
            schema=manifests.SCHEMA,
            name=folder.name,
            version="0.0.0",
            created_from=_SOURCE,
            encoder=EncoderEntry(
                artifact=_artifact(encoder, "int8 weights of products"),
                preprocess=PreprocessEntry(resizes=(_SQUASH, small), mean=_HALF, std=_HALF),
                dim=512,
            ),
            novelty=NoveltyEntry(
                artifact=_artifact(folder / "novelty.npz", "fp32"),
                threshold=Threshold(value=-1e9, chosen="keeps everything"),
            ),
            watermark=WatermarkEntry(
                artifact=_artifact(watermark, "fp32"),
                preprocess=PreprocessEntry(resizes=(_SQUASH,), mean=_HALF, std=_HALF),
                threshold=Threshold(value=1.0, chosen="keeps everything"),
            ),
        ),
        folder,
    )


def _artifact(path: Path, precision: str) -> Artifact:
    data = path.read_bytes()
    return Artifact(
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        licence="none",
        source=_SOURCE,
        precision=precision,
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
