"""Measures on pictures and their hosts' copies how far below the threshold small copies may score."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird import imaging
from bowerbird.adapters.beforehand import pictures_of
from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.filter.first_look import Eye
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold
from bowerbird.training.preview_copies import COPIES, WIDEST, copies
from bowerbird.training.scouting import CONFIDENCE, trust

#: This share of the copies of passing pictures must go on.
GOES_ON: Final = 0.99

#: With fewer copies of passing pictures, nobody can say anything about one in a hundred.
FEWEST: Final = 100

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Margin:
    """The margin, how it was found, and the share that it turns down of what does not pass."""

    value: float
    chosen: str
    saved: float

    def entry(self) -> Threshold:
        """Make the manifest's entry."""
        return Threshold(value=self.value, chosen=self.chosen)


@dataclass(frozen=True, slots=True)
class Seen:
    """Scores of pictures, (N,), of their copies for a preview, and for a glance, (N, COPIES)."""

    full: Scores
    previews: Scores
    glances: Scores | None

    def margins(self, threshold: float) -> tuple[Margin, Margin | None]:
        """The margins of previews and of glances.

        Raises:
            UsageError: too few pictures pass.
        """
        preview = margin(np.repeat(self.full, COPIES), self.previews.ravel(), threshold)
        return preview, None if self.glances is None else of_glances(self.full, self.glances, threshold)


def measure(bundle: Bundle, folder: Path) -> tuple[Margin, Margin | None]:
    """Score every picture of a folder beside its copies; gives the margins of previews and of glances.

    The bundle must not have been fitted on these pictures: it would be too sure of them, and the margins
    would come out too small.

    Raises:
        UsageError: too few of the pictures pass and are large enough to have copies.
    """
    paths = pictures_of([folder], "--previews", -(-FEWEST // COPIES))
    return look(bundle, paths).margins(bundle.novelty.threshold)


def look(bundle: Bundle, paths: list[Path]) -> Seen:
    """Score pictures and their copies. Pictures that are too small to have copies are left out."""
    rows = [row for path in paths if (row := _scores(bundle, path))]
    found = np.array(rows).reshape(len(rows), -1)
    glances = found[:, 1 + COPIES :] if bundle.glance else None
    return Seen(found[:, 0], found[:, 1 : 1 + COPIES], glances)


def margin(full: Scores, small: Scores, threshold: float) -> Margin:
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
    chosen = f"{GOES_ON:.0%} of {passing.sum()} copies of passing photographs go on"
    return _margin(float(falls), chosen, small[~passing], threshold)


def of_glances(full: Scores, small: Scores, threshold: float) -> Margin:
    """From scores of originals (N,) and of their copies (N, COPIES): as strict as the pictures can show.

    A picture counts by its lowest copy. So few numbers say little of one in a hundred, and the share that is
    shown with confidence stands beside the margin.
    """
    passing = full >= threshold
    found = trust(small[passing].min(axis=1), GOES_ON)
    chosen = (
        f"{found.shown:.2%} of what passes goes on, at {CONFIDENCE:.0%} confidence, "
        f"from {found.pictures} photographs in copies as hosts offer them"
    )
    return _margin(threshold - found.floor, chosen, small[~passing], threshold)


def _margin(falls: float, chosen: str, others: Scores, threshold: float) -> Margin:
    value = max(0.0, float(np.ceil(1000 * falls) / 1000))
    return Margin(value, chosen, float((others < threshold - value).mean()) if len(others) else 0)


def _scores(bundle: Bundle, path: Path) -> list[float] | None:
    """Score the picture, its copies for a preview and, where the bundle has a glance, its copies for that."""
    try:
        picture = picture_files.read(path, WIDEST)
        small = copies(picture, bundle.preview_side)
        if not small:
            return None
        found = [bundle.score_of(picture_files.read(path, bundle.min_side)), *_of_copies(bundle, small)]
        if bundle.glance:
            found += _of_copies(bundle.glance, copies(picture, bundle.glance.preview_side))
    except PermanentError:
        return None
    return found


def _of_copies(eye: Eye, small: list[bytes]) -> list[float]:
    return [eye.score_of(imaging.decode(copy, min_side=eye.encoder.min_side)) for copy in small]
