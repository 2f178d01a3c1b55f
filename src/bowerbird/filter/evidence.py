"""Evidence: what a stage finds out about a candidate, for later stages. A stage names what it needs by type.

Besides these there is `bowerbird.imaging.ImageInfo`, the header.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.likeness import Likeness
from bowerbird.filter.contest import Entry, Finding


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes that somebody handed in; nobody has looked at them yet."""

    data: bytes


@dataclass(frozen=True, slots=True)
class File:
    """The picture's file, whole, and the sha256 of its bytes in hex."""

    data: bytes
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Hash the bytes."""
        return cls(data, hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Pixels:
    """The decoded picture: RGB, upright, no smaller than the models need."""

    image: Image.Image


@dataclass(frozen=True, slots=True)
class Previewed:
    """A small copy was scored: its address and its bytes.

    `image` holds it where that settled it: no better one will be decoded.
    """

    url: str
    data: bytes
    image: Image.Image | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """The picture as a copy of others: how to find them, how to compare them, and what the comparisons said.

    `findings` are by the keys of kept pictures, so that no two pictures are compared twice.
    """

    likeness: Likeness
    entry: Entry
    findings: dict[str, Finding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Embedding:
    """The encoder's unit vector (D)."""

    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the owner's own encoder saw last: its unit vector (D), the match, and what it looked at."""

    vector: NDArray[np.float32]
    score: float
    of: Literal["preview", "original"]
