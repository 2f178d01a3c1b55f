"""What the filter asks of a bundle; `bowerbird.models.bundle.Bundle` is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Scores = NDArray[np.floating]


class Encoder(Protocol):
    """Pictures to embeddings."""

    @property
    def min_side(self) -> int:
        """The shorter side, in pixels, that it needs of a picture."""
        ...

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """RGB pictures to unit vectors, (N, D)."""
        ...


class NoveltyModel(Protocol):
    """Embeddings to novelty scores; at or above the threshold a picture looks like the owner's."""

    @property
    def threshold(self) -> float:
        """The lowest score that passes."""
        ...

    @property
    def reference(self) -> Mapping[str, Scores]:
        """Samples of scores by kind; `heldout` is of pictures the owner loves that it was not fitted on."""
        ...

    @property
    def preview_margin(self) -> float | None:
        """How far below the threshold a preview must score to be rejected; None: previews are not judged."""
        ...

    def score(self, embeddings: NDArray[np.float32]) -> Scores:
        """(N, D) to (N,)."""
        ...


class Detection(Protocol):
    """What the watermark classifier says of one picture."""

    @property
    def probability(self) -> float:
        """Of a watermark, between 0 and 1."""
        ...

    @property
    def place(self) -> tuple[float, float, float, float] | None:
        """Where it is: left, top, right, bottom in shares of the picture; None if that is not known."""
        ...


class WatermarkClassifier(Protocol):
    """Pictures to the probability of a watermark; at or above the threshold there is one."""

    @property
    def threshold(self) -> float:
        """The lowest probability that rejects."""
        ...

    def detect(self, images: Sequence[Image.Image]) -> Sequence[Detection]:
        """RGB pictures to one detection each."""
        ...


class AestheticHead(Protocol):
    """Embeddings to a score of beauty, which nothing is decided by."""

    def score(self, vectors: NDArray[np.float32]) -> Scores:
        """(N, D) to (N,)."""
        ...


class Models(Protocol):
    """A bundle, as the stages see it."""

    @property
    def label(self) -> str:
        """Name and version, as in `lite@1.0.0`."""
        ...

    @property
    def min_side(self) -> int:
        """The shorter side, in pixels, that the models need of a picture."""
        ...

    @property
    def preview_side(self) -> int:
        """The shorter side, in pixels, that a preview must have."""
        ...

    @property
    def encoder(self) -> Encoder:
        """The image encoder."""
        ...

    @property
    def novelty(self) -> NoveltyModel:
        """The owner's model."""
        ...

    @property
    def watermark(self) -> WatermarkClassifier | None:
        """The watermark classifier, when the bundle has one."""
        ...

    @property
    def aesthetic(self) -> AestheticHead | None:
        """LAION's head, when the bundle has one."""
        ...
