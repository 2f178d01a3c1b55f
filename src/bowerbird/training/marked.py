"""Looks for watermarks on the owner's own pictures: whoever loves such should hear that `mine` drops them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.adapters.terminal.counting import counting
from bowerbird.core.cores import cores
from bowerbird.core.errors import PermanentError
from bowerbird.imaging import picture_files
from bowerbird.models.session import Session
from bowerbird.models.watermark import Watermark
from bowerbird.training.write import Networks

# A look costs a decode and 22 ms; so many, evenly spread, tell the share to 7 points at the most.
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Marked:
    """The pictures that were looked at, and how likely each is marked (N).

    From `threshold` on, `mine` drops a picture.
    """

    looked: Sequence[Path]
    probabilities: NDArray[np.float64]
    threshold: float

    @property
    def found(self) -> list[Path]:
        """Those that are taken for marked, the surest first."""
        order = np.argsort(-self.probabilities, kind="stable")
        return [self.looked[row] for row in order if self.probabilities[row] >= self.threshold]


def look(paths: Sequence[Path], taken: Networks) -> Marked | None:
    """Look at up to 200 of the owner's pictures, which could be read before.

    None where the bundle has no classifier, or its threshold lets everything pass.
    """
    entry = taken.watermark
    if entry is None or entry.threshold.value > 1:
        return None
    network = Session(taken.folder / entry.artifact.file)
    classifier = Watermark(network, entry.preprocess.build(), entry.threshold.value)
    some = [paths[int(row)] for row in np.linspace(0, len(paths) - 1, min(len(paths), _MOST))]

    def probability(path: Path) -> float:
        try:
            picture = picture_files.read(path, classifier.preprocess.min_side)
        except (
            PermanentError,
            OSError,
        ):  # it was there a minute ago, and one picture is not worth the training
            return float("nan")
        return classifier.detect([picture])[0].probability

    found = list[float]()
    with ThreadPoolExecutor(cores()) as pool, counting("looking for watermarks") as done:
        for each in pool.map(probability, some):
            found.append(each)
            done(len(found), len(some))
    seen = ~np.isnan(found)
    looked = [path for path, there in zip(some, seen, strict=True) if there]
    return Marked(looked, np.array(found)[seen], classifier.threshold)
