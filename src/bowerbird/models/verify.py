"""Checks that a bundle computes what its manifest says, by judging known pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bowerbird.core.errors import BundleError
from bowerbird.models import canonical
from bowerbird.models.manifest import Canonical

if TYPE_CHECKING:
    from bowerbird.models.bundle import Bundle


def check(bundle: Bundle) -> None:
    """Judge the canonical pictures. Loading has hashed the files.

    Raises:
        BundleError: the first difference, in words.
    """
    for expected in bundle.manifest.canonical:
        _check_canonical(bundle, expected)


def observe(bundle: Bundle, name: str, *, values: int = 16) -> Canonical:
    """Judge a canonical picture now; `values` is how much of the embedding to record."""
    picture = canonical.draw(name)
    embedding = bundle.encoder.embed([picture])
    return Canonical(
        image=name,
        embedding=tuple(round(float(value), 6) for value in embedding[0, :values]),
        novelty=round(float(bundle.novelty.score(embedding)[0]), 5),
        watermark=_probability(bundle, picture),
        glance=None if bundle.glance is None else round(bundle.glance.score_of(picture), 5),
    )


def _probability(bundle: Bundle, picture: Image.Image) -> float | None:
    if bundle.watermark is None:
        return None
    return round(bundle.watermark.detect([picture])[0].probability, 5)


def _check_canonical(bundle: Bundle, expected: Canonical) -> None:
    if expected.image not in canonical.NAMES:
        raise BundleError(f"{bundle.label}: no canonical picture is called {expected.image!r}")
    seen = observe(bundle, expected.image, values=len(expected.embedding))
    pairs = {
        "embedding": (expected.embedding, seen.embedding),
        "novelty": ((expected.novelty,), (seen.novelty,)),
        "watermark": ((expected.watermark or 0.0,), (seen.watermark or 0.0,)),
        "glance": ((expected.glance or 0.0,), (seen.glance or 0.0,)),
    }
    for what, (wanted, got) in pairs.items():
        # A unit vector's values are small, so they are compared with the largest; a score is at most of
        # the order of its own size.
        scale = float(np.abs(wanted).max()) if what == "embedding" else max(1.0, abs(wanted[0]))
        error = float(np.abs(np.subtract(wanted, got)).max()) / max(scale, 1e-12)
        if not error <= bundle.manifest.tolerance:
            raise BundleError(
                f"{bundle.label}: {what} of the picture {expected.image!r} is off by {error:.2g}; "
                "the model or this machine's onnxruntime does not compute what the bundle was built with"
            )
