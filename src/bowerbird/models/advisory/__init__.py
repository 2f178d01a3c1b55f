"""Cheap observations beside the verdict: recorded, never gating unless the owner asks."""

from __future__ import annotations

from typing import Final

from PIL import Image

from bowerbird.models.advisory.detail import detail
from bowerbird.models.advisory.exposure import exposure
from bowerbird.models.advisory.quality import quality
from bowerbird.models.advisory.sharpness import sharpness
from bowerbird.models.advisory.synthetic import synthetic

__all__ = ["NAMES", "detail", "exposure", "observe", "quality", "sharpness", "synthetic"]

#: What is observed of every survivor: cheap.
NAMES: Final = ("sharpness", "brightness", "crushed", "blown", "synthetic", "aesthetic")


def observe(image: Image.Image, data: bytes) -> dict[str, float | str]:
    """Observe a decoded picture and its file, by name; `synthetic` is there only if the file claims it."""
    light = exposure(image)
    seen: dict[str, float | str] = {
        "sharpness": sharpness(image),
        "brightness": light.brightness,
        "crushed": light.crushed,
        "blown": light.blown,
    }
    claim = synthetic(data)
    return seen if claim is None else seen | {"synthetic": claim}
