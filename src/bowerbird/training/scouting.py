"""Measures on pictures that the owner's bundle keeps how far a cheap bundle may look first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from bowerbird import imaging
from bowerbird.assembly.scoring import score_files
from bowerbird.core.errors import UsageError
from bowerbird.filter.first_look import Eye
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import ScoutEntry, Threshold
from bowerbird.training import calibration
from bowerbird.training.preview_copies import WIDEST, copies

#: This share of what the owner's bundle keeps must go on, and the pictures must show so with this confidence.
GOES_ON: Final = 0.995
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Trust:
    """The floor on the scout's scale; at least the share `shown` of the `pictures` kept ones goes on."""

    floor: float
    shown: float
    pictures: int

    def entry(self) -> Threshold:
        """Make the manifest's entry."""
        chosen = (
            f"{self.shown:.2%} of what the bundle keeps go on, at {CONFIDENCE:.0%} confidence, "
            f"from {self.pictures} pictures in copies as hosts offer them"
        )
        return Threshold(value=self.floor, chosen=chosen)


@dataclass(frozen=True, slots=True)
class Scouted:
    """How far the scout is trusted, and its small network where it has one."""

    scout: Bundle
    floor: Trust
    glance: Trust | None

    def entry(self) -> ScoutEntry:
        """Make the manifest's entry."""
        glance = self.glance.entry() if self.glance else None
        return ScoutEntry(bundle=self.scout.label, floor=self.floor.entry(), glance=glance)


def calibrate(bundle: Bundle, scout: Bundle, folders: Sequence[Path], out: Path) -> str:
    """Measure, write the bundle with the scout's floor in it to `out`, and say what was found.

    Raises:
        UsageError: the bundle keeps none of the pictures.
    """
    found = measure(bundle, scout, folders)
    label = calibration.rewrite(bundle, out, {"scout": found.entry()})
    trusted = found.floor
    margin = scout.novelty.threshold - trusted.floor
    lines = [
        f"{label}: {scout.label} may reject below {trusted.floor:.4g}, {margin:.4g} below its threshold",
        trusted.entry().chosen,
    ]
    if found.glance:
        margin = scout.novelty.threshold - found.glance.floor
        lines.append(
            f"its glance may reject below {found.glance.floor:.4g}, {margin:.4g} below its threshold"
        )
    if trusted.shown < GOES_ON:
        lines.append(f"too few pictures to show {GOES_ON:.1%}: the lowest score of them is the floor")
    return "\n".join(lines)


def measure(bundle: Bundle, scout: Bundle, folders: Sequence[Path]) -> Scouted:
    """Let the bundle choose among the pictures of the folders, and the scout judge what it keeps.

    Raises:
        UsageError: the bundle keeps none of the pictures.
    """
    kept = [Path(score.path) for score in score_files(picture_files.find(folders), bundle) if score.keep]
    if not kept:
        raise UsageError(f"{bundle.label} keeps no picture of {', '.join(map(str, folders))}")
    floor = trust(np.array([min(_scores(scout, path, scout.min_side)) for path in kept]))
    glance = scout.glance
    if glance is None:
        return Scouted(scout, floor, None)
    seen = np.array([min(_scores(glance, path, scout.min_side)) for path in kept])
    return Scouted(scout, floor, trust(seen))


def trust(scores: NDArray[np.float64], goes_on: float = GOES_ON) -> Trust:
    """The highest floor for which the scores show that enough go on; with too few scores, the lowest of them.

    The share above the r-th lowest of n scores has a Beta(n - r + 1, r) distribution, however the scores are
    spread. So the method assumes no shape of their tail. Below 598 scores even the lowest shows less than
    99.5 %, and below 299 less than 99 %.
    Source: S. S. Wilks, "Determination of Sample Sizes for Setting Tolerance Limits", 1941.
    """
    ranks = np.arange(1, len(scores) + 1)
    shown = beta.ppf(1.0 - CONFIDENCE, len(scores) - ranks + 1, ranks)
    best = max(0, int(np.count_nonzero(shown >= goes_on)) - 1)  # the higher the rank, the less is shown
    return Trust(float(np.sort(scores)[best]), float(shown[best]), len(scores))


def _scores(eye: Eye, path: Path, min_side: int) -> Iterator[float]:
    """Score the picture itself and every copy that may be shown in its place."""
    small = copies(picture_files.read(path, WIDEST), eye.preview_side)
    shown = [imaging.decode(copy, min_side=eye.encoder.min_side) for copy in small]
    for image in (picture_files.read(path, min_side), *shown):
        yield eye.score_of(image)
