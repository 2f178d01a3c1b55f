"""A glance: a small network that guesses from a small copy what the encoder would say of the picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.errors import BundleError
from bowerbird.core.whole import write_whole
from bowerbird.models import arrays
from bowerbird.models.encoder import Encoder
from bowerbird.models.novelty import Novelty

Basis = NDArray[np.float32]

BASIS_FILE: Final = "glance-basis.npz"


@dataclass(frozen=True, slots=True)
class Glance:
    """The network, and the owner's model, which scores its guesses as it scores the encoder's vectors.

    So it works for every owner, and knows what the owner's model has learnt since. A network that tells its
    guesses by fewer numbers has a basis that makes them whole: then `novelty` is the owner's model for those
    numbers. A picture that it scores less than `threshold - margin` will not pass; None: nobody measured how
    far it can be trusted.
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


def read_basis(path: Path, dim: int) -> Basis:
    """Read the basis (B, dim) that makes guesses whole; nothing in it is ever unpickled.

    Raises:
        BundleError: unreadable, or made for another encoder.
    """
    try:
        basis: Basis = arrays.read(path, arrays.most_bytes(dim, rows=dim))["basis"].astype(np.float32)
        if basis.ndim != 2 or basis.shape[1] != dim or not 1 <= len(basis) <= dim:  # noqa: PLR2004
            raise ValueError(f"it has the shape {basis.shape}, the encoder gives {dim} numbers")
        if not np.isfinite(basis).all():
            raise ValueError("it holds something that is no number")
    except arrays.DAMAGED as error:
        raise BundleError(f"{path} is not the basis of a glance: {error}") from error
    return basis


def write_basis(basis: Basis, path: Path) -> None:
    """Write a basis (B, D); the same one gives the same bytes."""
    packed = io.BytesIO()
    np.savez_compressed(packed, basis=basis.astype(np.float32))
    write_whole(path, packed.getvalue())
