"""A glance: a small network that guesses from a small copy what the encoder would say of the picture."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from bowerbird.models.encoder import Encoder
from bowerbird.models.novelty import Novelty


@dataclass(frozen=True, slots=True)
class Glance:
    """The network, and the owner's model, which scores its guesses as it scores the encoder's vectors.

    So it works for every owner, and knows what the owner's model has learnt since. A picture that it scores
    less than `threshold - margin` will not pass; None: nobody measured how far it can be trusted.
    """

    encoder: Encoder
    novelty: Novelty
    margin: float | None

    @property
    def preview_side(self) -> int:
        """The shorter side, in pixels, that a copy must have: half as much again as the network's input."""
        return 3 * self.encoder.preprocess.size // 2

    def score_of(self, image: Image.Image) -> float:
        """How much an RGB picture of any size looks, at a glance, like what the owner loves."""
        return float(self.novelty.score(self.encoder.embed([image]))[0])
