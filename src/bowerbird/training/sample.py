"""What a model learns from: the owner's pictures, and those they are to be told from, as unit vectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.errors import UsageError
from bowerbird.models.densities import unit

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Span = tuple[int, int]

FEWEST: Final = 20
#: How many parts of a picture serve as further examples of it (bowerbird.training.corners).
CORNERS: Final = 4
# Some pictures may be copies of one another. Unless this many differ, too few are left to hold out.
_FEWEST_DIFFERENT: Final = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """Unit vectors: the owner's pictures (N, D), imitations (M, D) made from `origin` (M), rejects (R, D).

    `share` is how much of all pictures these are; it is below 1 while some are held out. `style` is the part
    of a vector that tells how a picture is made, where the encoder keeps this apart from what the picture
    shows. Pictures with the same number in `twins` (N) are held out together, and count as one. With None, no
    two are twins. `background` (B, D) are ordinary pictures that nobody judged; `sources` (B) numbers
    the places they come from. With `stream`, they are a sample of the very stream that will be judged.
    `corners` (4 N, D) are parts of the pictures, four of each in turn; a model learns from them, and they are
    never held out to be scored.
    """

    good: Vectors
    imitations: Vectors
    origin: Rows
    rejects: Vectors
    share: float = 1.0
    style: Span | None = None
    twins: Rows | None = None
    background: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))
    sources: Rows | None = None
    stream: bool = False
    corners: Vectors = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def __post_init__(self) -> None:
        """Refuse too few pictures to hold any out."""
        found, different = len(self.good), len(np.unique(self.groups))
        if found < FEWEST * self.share:
            raise UsageError(f"{found} pictures can be read; give at least {FEWEST}")
        if self.share == 1.0 and different < _FEWEST_DIFFERENT:
            raise UsageError(
                f"{found} pictures are copies and crops of {different}; give at least {FEWEST} that differ"
            )

    @property
    def groups(self) -> Rows:
        """Give each picture a number, the same for twins, (N,)."""
        return np.arange(len(self.good)) if self.twins is None else self.twins

    @property
    def with_corners(self) -> Vectors:
        """Give the owner's pictures, and then their corners, (N, D) or (5 N, D)."""
        return np.concatenate([self.good, self.corners]) if len(self.corners) else self.good

    def take(self, good: Rows, rejects: Rows) -> Sample:
        """Take these pictures with their own imitations and corners, and these rejects."""
        place = {int(row): index for index, row in enumerate(good)}
        mine = np.isin(self.origin, good)
        origin = np.array([place[int(row)] for row in self.origin[mine]], np.int64)
        share = self.share * len(good) / len(self.good)
        return Sample(
            self.good[good],
            self.imitations[mine],
            origin,
            self.rejects[rejects],
            share,
            self.style,
            self.groups[good],
            corners=corners_of(self.corners, good),
        )

    def cut(self, span: Span) -> Sample:
        """Keep only these numbers of every vector, and scale it to unit length again."""
        good, imitations, rejects = (
            unit(vectors[:, slice(*span)]) for vectors in (self.good, self.imitations, self.rejects)
        )
        return Sample(good, imitations, self.origin, rejects, self.share, twins=self.twins)

    @property
    def at_last(self) -> int:
        """Say how many pictures there are when none is held out."""
        return round(len(self.good) / self.share)


def corners_of(corners: Vectors, rows: Rows) -> Vectors:
    """Take those of some pictures, (4 N, D) to (4 R, D); of none where no picture has any."""
    if not len(corners):
        return corners
    return corners.reshape(-1, CORNERS, corners.shape[1])[rows].reshape(-1, corners.shape[1])
