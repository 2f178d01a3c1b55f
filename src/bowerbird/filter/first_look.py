"""A first opinion: what a bundle scores so low that nobody need look closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image

from bowerbird.filter.models import Models


@dataclass(frozen=True, slots=True)
class Opinion:
    """Rejects below `floor`, on the scale of `models`.

    `name` is the key of its scores in decisions: `preview` when the owner's bundle judges a smaller copy,
    `scout` when a cheaper bundle judges for it, whose scores mean nothing beside the bundle's own.
    """

    models: Models
    floor: float
    name: Literal["preview", "scout"]

    def score(self, image: Image.Image) -> float:
        """The novelty score of an RGB picture."""
        return float(self.models.novelty.score(self.models.encoder.embed([image]))[0])

    def reason(self, score: float) -> str | None:
        """Why a picture with this score is rejected, or None."""
        if score < self.floor:
            return f"novelty: the {self.name}'s {score:.4g} is below {self.floor:.4g}"
        return None


def of_previews(models: Models) -> Opinion | None:
    """A bundle's own, of previews; None without a margin: nobody knows how far it may trust them."""
    margin = models.novelty.preview_margin
    return None if margin is None else Opinion(models, float(models.novelty.threshold) - margin, "preview")
