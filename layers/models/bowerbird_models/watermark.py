"""The classifier of visible watermarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.errors import BundleError
from bowerbird_models.preprocess import Preprocess
from bowerbird_models.session import Session


@dataclass(frozen=True, slots=True)
class Watermark:
    """A network with one logit a picture; reject at or above `threshold`."""

    session: Session
    preprocess: Preprocess
    threshold: float

    def probability(self, images: Sequence[Image.Image]) -> NDArray[np.float64]:
        """RGB pictures of any size → probability of a watermark, (N,).

        Raises:
            BundleError: the network gives something else than one number a picture.
        """
        logits = self.session.run(self.preprocess(images)).astype(np.float64)
        if logits.size != len(images):
            raise BundleError(f"the watermark network gives {logits.shape} for {len(images)} pictures")
        return 0.5 * (1.0 + np.tanh(0.5 * logits.reshape(-1)))  # the sigmoid, without overflow
