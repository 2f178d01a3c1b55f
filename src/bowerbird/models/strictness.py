"""Moves a bundle's threshold to where it keeps a chosen share of the pictures that its owner loves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bowerbird.core.errors import UsageError
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold


def at_keep_rate(bundle: Bundle, rate: float) -> Bundle:
    """Return the bundle with the threshold that this share of held-out pictures reaches, as likely as not.

    `bowerbird calibrate --keep-rate` writes the same threshold into a bundle, see
    `bowerbird.training.heldout.threshold`.

    Raises:
        UsageError: the bundle holds no scores of held-out pictures.
    """
    heldout = bundle.novelty.reference.get("heldout")
    if heldout is None or not heldout.size:
        raise UsageError(f"{bundle.label} holds no held-out scores, which keep_rate needs: leave it out")
    threshold = float(np.quantile(heldout, 1.0 - rate, method="median_unbiased"))
    chosen = Threshold(value=threshold, chosen=f"keep_rate: keeps {rate:.3g} of {heldout.size} pictures")
    told = bundle.manifest.novelty.model_copy(update={"threshold": chosen})  # pages show what judges
    manifest = bundle.manifest.model_copy(update={"novelty": told})
    return replace(bundle, manifest=manifest, novelty=replace(bundle.novelty, threshold=threshold))
