"""Ordinary pictures as an encoder sees them: what a bundle holds liking against.

A file keeps 8 bits of every number: see `bowerbird.models.eight_bits`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import BundleError
from bowerbird.core.whole import write_whole
from bowerbird.models import arrays, eight_bits
from bowerbird.models.densities import unit

FILE_NAME: Final = "background.npz"
#: More rows make a bundle large and a score dear.
MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Background:
    """Unit vectors of ordinary pictures that nobody judged, (M, D).

    Pictures that come from one place have the same number in `sources` (M,). `made_of` says in words what
    they are, `licence` what one may do with their vectors.
    """

    vectors: NDArray[np.float32]
    sources: NDArray[np.int64]
    made_of: str
    licence: str = "unspecified"

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other, none at all, and too many."""
        shape = self.vectors.shape
        if len(shape) != 2 or self.sources.shape != shape[:1]:  # noqa: PLR2004
            raise ValueError(f"vectors of shape {shape} from sources of shape {self.sources.shape}")
        if not 1 <= len(self.vectors) <= MOST:
            raise ValueError(f"{len(self.vectors)} pictures, where 1 to {MOST} are allowed")


def load(path: Path, dim: int) -> Background:
    """Read a background for an encoder of `dim` numbers; nothing in it is ever unpickled.

    Raises:
        BundleError: unreadable, or made by another encoder.
    """
    try:
        held = arrays.read(path, arrays.most_bytes(dim, rows=MOST))
        stored, made_of, licence = held["vectors"], str(held["made_of"]), str(held["licence"])
        vectors = unit(stored.astype(np.float32))
        background = Background(vectors, held["sources"].astype(np.int64), made_of, licence)
    except arrays.DAMAGED as error:
        raise BundleError(f"{path} is not a background: {error}") from error
    if vectors.shape[1] != dim:
        raise BundleError(f"{path} holds {vectors.shape[1]} numbers a picture, the encoder gives {dim}")
    if stored.dtype != np.int8:
        raise BundleError(f"{path} holds {stored.dtype} numbers, not those of 8 bits that a background has")
    return background


def save(background: Background, path: Path) -> None:
    """Write it, 8 bits a number; the same background gives the same bytes."""
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        vectors=eight_bits.whole(background.vectors),
        sources=background.sources.astype(np.int16),
        made_of=np.asarray(background.made_of),
        licence=np.asarray(background.licence),
    )
    write_whole(path, packed.getvalue())
