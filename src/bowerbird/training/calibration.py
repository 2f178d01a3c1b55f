"""Chooses thresholds from scores of pictures that the model was not fitted on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from bowerbird.adapters.beforehand import bundle_name
from bowerbird.adapters.place import Place
from bowerbird.assembly.scoring import score_files
from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.errors import UsageError
from bowerbird.imaging import picture_files
from bowerbird.models import manifest as manifests
from bowerbird.models.bundle import Bundle
from bowerbird.models.manifest import Threshold
from bowerbird.training import figures
from bowerbird.training.heldout import threshold
from bowerbird.training.write import staged

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold, how it was chosen in words, and the scores it was chosen on.

    `liked` says how many pictures a day reached the threshold, where that is known.
    """

    threshold: float
    chosen: str
    scores: Mapping[str, Scores]
    liked: tuple[int, ...] = ()


def by_keep_rate(bundle: Bundle, rate: float) -> Choice:
    """Choose the threshold that keeps this share of the pictures that were held out in training."""
    reference = bundle.novelty.reference
    if "heldout" not in reference:
        raise UsageError(f"{bundle.label} holds no held-out scores; give --good and --reject")
    heldout = np.asarray(reference["heldout"])
    text = f"keeps {rate:.3g} of {len(heldout)} held-out pictures"
    return Choice(threshold(heldout, rate), text, reference)


def by_pictures_a_day(bundle: Bundle, place: Place, wanted: float) -> Choice:
    """Choose the threshold that keeps this many a day of the pictures that past runs with this model scored.

    A picture that its preview or a scout rejected has no full score. It counts as below all the rest; how far
    below, nobody knows.

    Raises:
        UsageError: no decision of this bundle has a score, or fewer pictures have a full score than wanted.
    """
    past = _past(place, bundle.manifest.name)
    if not past.scores:
        raise UsageError(f"{place.name} holds no decision of {bundle.manifest.name} with a match")
    ranked = np.sort(past.scores)[::-1]
    rank = max(1, round(wanted * len(past.days)))
    more = f"; {past.unscored} more were rejected at a first look" if past.unscored else ""
    if rank > len(ranked) and more:
        raise UsageError(
            f"{wanted:g} a day are more than were scored in full, {len(ranked)} in {len(past.days)} days"
            f"{more}"
        )
    text = f"{wanted:g} pictures a day, from {len(ranked)} scores of {len(past.days)} days{more}"
    seen: dict[str, Scores] = {"this run": ranked}
    if past.glanced:
        seen["below by preview"] = np.array(past.glanced)
    threshold = float(ranked[min(len(ranked), rank) - 1])
    return Choice(threshold, text, seen, past.reached(threshold))


@dataclass(slots=True)
class _Past:
    """Scores of past runs, in full and by previews; `unscored` counts what a first look rejected.

    `days` has the full scores of each day on which something was scored.
    """

    days: dict[str, list[float]] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    glanced: list[float] = field(default_factory=list)
    unscored: int = 0

    def reached(self, threshold: float) -> tuple[int, ...]:
        """Count the scores that reach a threshold, by day."""
        return tuple(sum(score >= threshold for score in day) for day in self.days.values())


def _past(place: Place, bundle: str) -> _Past:
    past = _Past()
    for decision in DecisionLog(place.store).read():
        if decision.bundle.partition("@")[0] != bundle:
            continue
        day = past.days.get(decision.day, [])
        if "novelty" in decision.scores:
            past.scores.append(decision.scores["novelty"])
            day.append(decision.scores["novelty"])
        elif decision.stage in {"glance", "preview", "scout"}:
            past.unscored += 1
            past.glanced += [decision.scores["preview"]] if "preview" in decision.scores else []
        else:
            continue
        past.days[decision.day] = day
    return past


def by_two_folders(bundle: Bundle, good: Path, rejects: Path) -> Choice:
    """Choose the threshold that judges most of both folders right (Youden's J)."""
    scores = {"heldout": _scores(bundle, good), "rejects": _scores(bundle, rejects)}
    truth = np.r_[np.ones(len(scores["heldout"])), np.zeros(len(scores["rejects"]))]
    false, true, bars = roc_curve(truth, np.r_[scores["heldout"], scores["rejects"]])
    best = int(np.argmax(true - false))
    text = f"keeps {true[best]:.3g} of {good.name} and {false[best]:.3g} of {rejects.name}"
    return Choice(float(bars[best]), text, scores)


def write(bundle: Bundle, choice: Choice, out: Path) -> str:
    """Write the bundle with the new threshold and the next version; returns its label.

    A scout was calibrated on what passes the old threshold, so the new bundle no longer trusts it.
    """
    threshold = Threshold(value=choice.threshold, chosen=choice.chosen)
    novelty = bundle.manifest.novelty.model_copy(update={"threshold": threshold})
    label = rewrite(bundle, out, {"novelty": novelty, "scout": None})
    shown = out / "report"
    shown.mkdir(exist_ok=True)
    figures.histogram(choice.scores, choice.threshold, shown / "calibration.png")
    return label


def rewrite(bundle: Bundle, out: Path, changes: Mapping[str, object]) -> str:
    """Write the bundle with these fields of its manifest changed, and the next version; returns its label."""
    name, version = bundle_name(out), _next(bundle.manifest.version)
    new = bundle.manifest.model_copy(update={"name": name, "version": version, **changes})
    with staged(out) as folder:
        if out.resolve() != bundle.folder.resolve():
            _copy(bundle.folder, folder)
        manifests.write(new, folder)
    return f"{name}@{version}"


def _copy(bundle: Path, folder: Path) -> None:
    """Copy a bundle's files. Unlike `copytree`, stop at the first error and raise that error."""
    for path in [path for path in bundle.rglob("*") if path.is_file()]:
        target = folder / path.relative_to(bundle)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)


def _next(version: str) -> str:
    major, minor, patch = version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"


def _scores(bundle: Bundle, folder: Path) -> Scores:
    found = score_files(picture_files.find([folder]), bundle)
    scores = np.array([score.novelty for score in found if score.novelty is not None])
    if not len(scores):
        raise UsageError(f"{folder} holds no picture that can be read")
    return scores
