"""Turns pictures into embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.errors import BundleError
from bowerbird.models.densities import unit
from bowerbird.models.preprocess import Preprocess
from bowerbird.models.session import Session


@dataclass(frozen=True, slots=True)
class Encoder:
    """An image network and the preprocessing it was trained with."""

    session: Session
    preprocess: Preprocess
    dim: int

    @property
    def min_side(self) -> int:
        """Return the shorter side, in pixels, that a decoder must keep for this network."""
        return self.preprocess.min_side

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """RGB pictures of any size → unit vectors, float32 (N, dim).

        Raises:
            BundleError: the network does not give what the manifest says.
        """
        features = self.session.run(self.preprocess(images))
        if features.shape != (len(images), self.dim):
            raise BundleError(f"the encoder gives {features.shape}, the manifest says {self.dim} a picture")
        return unit(features)
