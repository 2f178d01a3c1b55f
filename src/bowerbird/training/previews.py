"""Measures on pictures and their hosts' copies how far below the threshold small copies may score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bowerbird import imaging
from bowerbird.adapters.beforehand import pictures_of
from bowerbird.core.errors import PermanentError, UsageError
from bowerbird.filter.first_look import Eye
from bowerbird.imaging import picture_files
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold
from bowerbird.training.preview_copies import WIDEST, copies
from bowerbird.training.scouting import CONFIDENCE, trust

#: This share of what passes must go on, in whatever copy.
GOES_ON: Final = 0.99

#: Of fewer pictures that pass, not even the lowest shows nine in ten.
FEWEST: Final = 29


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
    """A picture's score, and those of its copies: COPIES, or none where it is too small to have them.

    The glance's scores include that of the picture itself, at which it looks where there is no copy. `learnt`
    says that the model was fitted on the picture.
    """

    full: float
    previews: tuple[float, ...]
    glances: tuple[float, ...]
    learnt: bool = False


def measure(
    bundle: Bundle, folder: Path, judged: Callable[[int, int], None] = lambda _done, _of: None
) -> tuple[Margin, Margin | None]:
    """Score every picture of a folder beside its copies; gives the margins of previews and of glances.

    The bundle should not have been fitted on these pictures: it would be too sure of them, and the margins
    could come out too small. Where it was, on some, the sentence beside the margin says on how many. `judged`
    hears how many were judged, and how many there are.

    Raises:
        UsageError: too few of the pictures pass and are large enough to have copies.
    """
    paths = pictures_of([folder], "--previews", FEWEST)
    seen = []
    for count, path in enumerate(paths, 1):
        seen.append(look(bundle, path))
        judged(count, len(paths))
    return margins([found for found in seen if found], bundle.novelty.threshold)


def margins(seen: Sequence[Seen], threshold: float) -> tuple[Margin, Margin | None]:
    """From scores of pictures and their copies; raises what `measure` does."""
    previewed = [each for each in seen if each.previews]
    passing = sum(each.full >= threshold for each in previewed)
    if passing < FEWEST:
        raise UsageError(
            f"too few of the pictures pass, {passing} of the {FEWEST} that are needed: give more pictures "
            f"that the bundle was not trained on, wider than {WIDEST} pixels"
        )
    preview = margin(previewed, [each.previews for each in previewed], threshold)
    glanced = [each for each in seen if each.glances]
    if not any(each.full >= threshold for each in glanced):
        return preview, None
    return preview, margin(glanced, [each.glances for each in glanced], threshold)


def margin(seen: Sequence[Seen], copies: Sequence[tuple[float, ...]], threshold: float) -> Margin:
    """From pictures and the scores of their copies, as many of both.

    A share of the copies that pass would rest on the few pictures near the threshold, and so on chance: with
    four of 138 there, the margin came out 0 (docs/research/models.md). So each picture counts by its worst
    copy, and few pictures do not show one in a hundred: the share that they show stands beside the margin.
    """
    lowest = np.array([min(each) for each in copies])
    passing = np.array([each.full >= threshold for each in seen])
    found = trust(lowest[passing], GOES_ON)
    learnt = sum(each.learnt and each.full >= threshold for each in seen)
    chosen = (
        f"{found.shown:.2%} of what passes goes on, at {CONFIDENCE:.0%} confidence, "
        f"from {found.pictures} photographs in copies as hosts offer them"
    ) + (f"; the model was fitted on {learnt} of these" if learnt else "")
    value = max(0.0, float(np.ceil(1000 * (threshold - found.floor)) / 1000))
    others = lowest[~passing]
    return Margin(value, chosen, float((others < threshold - value).mean()) if len(others) else 0)


def look(bundle: Bundle, path: Path) -> Seen | None:
    """Score a picture and its copies; None where it has no copies, or is no picture."""
    try:
        picture = picture_files.read(path, WIDEST)
        previews = copies(picture, bundle.preview_side)
        glances = copies(picture, bundle.glance.preview_side) if bundle.glance else []
        if not previews and not glances:
            return None
        whole = picture_files.read(path, bundle.min_side)
    except PermanentError:
        return None
    glanced: tuple[float, ...] = ()
    if bundle.glance and glances:
        glanced = (bundle.glance.score_of(whole), *_scores(bundle.glance, glances))
    vector = bundle.encoder.embed([whole])
    full, learnt = float(bundle.novelty.score(vector)[0]), bool(bundle.novelty.learnt(vector)[0])
    return Seen(full, _scores(bundle, previews), glanced, learnt)


def _scores(eye: Eye, small: list[bytes]) -> tuple[float, ...]:
    return tuple(eye.score_of(imaging.decode(copy, min_side=eye.encoder.min_side)) for copy in small)
