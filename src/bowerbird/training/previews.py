"""Measures on pictures and their hosts' copies how far below the threshold a preview may score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird import imaging
from bowerbird.adapters.beforehand import pictures_of
from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold
from bowerbird.training.preview_copies import COPIES, WIDEST, copies

#: This share of the copies of passing pictures must go on.
GOES_ON: Final = 0.99

#: With fewer copies of passing pictures, nobody can say anything about one in a hundred.
FEWEST: Final = 100


@dataclass(frozen=True, slots=True)
class Margin:
    """The margin, how many copies of passing pictures gave it, and the share it turns down of the others."""

    value: float
    passing: int
    saved: float

    def entry(self) -> Threshold:
        """Make the manifest's entry."""
        chosen = f"{GOES_ON:.0%} of {self.passing} copies of passing photographs go on"
        return Threshold(value=self.value, chosen=chosen)


def measure(
    bundle: Bundle, folder: Path, judged: Callable[[int, int], None] = lambda _done, _of: None
) -> Margin:
    """Score every picture of a folder beside its copies.

    The bundle must not have been fitted on these pictures: it would be too sure of them, and the margin would
    come out too small. `judged` hears how many were judged, and how many there are.

    Raises:
        UsageError: too few of the pictures pass and are large enough to have copies.
    """
    paths = pictures_of([folder], "--previews", -(-FEWEST // COPIES))
    rows = []
    for count, path in enumerate(paths, 1):
        rows += _scores(bundle, path)
        judged(count, len(paths))
    scores = np.array(rows)
    full, small = scores.reshape(-1, 2).T
    return margin(full, small, bundle.novelty.threshold)


def margin(full: NDArray[np.float64], small: NDArray[np.float64], threshold: float) -> Margin:
    """From scores of originals and of copies, (N,) each.

    Raises:
        UsageError: too few originals pass.
    """
    passing = full >= threshold
    if passing.sum() < FEWEST:
        raise UsageError(
            f"{passing.sum()} copies of pictures that pass, {FEWEST} are needed: give more pictures that the "
            f"bundle was not trained on, wider than {WIDEST} pixels"
        )
    # Rounded up, because a value between two copies would let fewer than that share go on.
    falls = np.quantile(threshold - small[passing], GOES_ON, method="higher")
    value = max(0.0, float(np.ceil(1000 * falls) / 1000))
    others = small[~passing]
    return Margin(value, int(passing.sum()), float((others < threshold - value).mean()) if len(others) else 0)


def _scores(bundle: Bundle, path: Path) -> list[tuple[float, float]]:
    try:
        small = copies(picture_files.read(path, WIDEST), bundle.preview_side)
        full = picture_files.read(path, bundle.min_side) if small else None
    except PermanentError:
        return []
    if full is None:
        return []
    shown = [full, *(imaging.decode(copy, min_side=bundle.encoder.min_side) for copy in small)]
    first, *rest = map(bundle.score_of, shown)
    return [(first, score) for score in rest]
