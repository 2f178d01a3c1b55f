"""Describes a loaded bundle in words and numbers."""

from __future__ import annotations

import numpy as np

from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold
from bowerbird.serve.http.schema import (
    ArtifactAnswer,
    BundleAnswer,
    NoveltyAnswer,
    ThresholdAnswer,
    WatermarkAnswer,
)

# The page draws its bars between these percentiles, so that a few strays do not flatten all the others.
_LOW, _HIGH = 2, 99


def describe(bundle: Bundle) -> BundleAnswer:
    """Make the answer to `GET /bundle`."""
    manifest = bundle.manifest
    watermark = manifest.watermark
    return BundleAnswer(
        bundle=bundle.label,
        created_from=manifest.created_from,
        novelty=NoveltyAnswer(threshold=_threshold(manifest.novelty.threshold), scale=_scale(bundle)),
        watermark=None if watermark is None else WatermarkAnswer(threshold=_threshold(watermark.threshold)),
        artifacts=[ArtifactAnswer.model_validate(each.model_dump()) for each in manifest.artifacts],
    )


def _threshold(threshold: Threshold) -> ThresholdAnswer:
    return ThresholdAnswer(value=threshold.value, chosen=threshold.chosen)


def _scale(bundle: Bundle) -> tuple[float, float] | None:
    """Give a low and a high score; without rejects, the low one is twice as far from the threshold."""
    reference, threshold = bundle.novelty.reference, bundle.novelty.threshold
    if "heldout" not in reference:
        return None
    high = float(np.percentile(reference["heldout"], _HIGH))
    if "rejects" in reference:
        return float(np.percentile(reference["rejects"], _LOW)), high
    return threshold - 2 * (high - threshold), high
