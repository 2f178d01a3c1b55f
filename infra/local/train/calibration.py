"""Thresholds from scores the model was not fitted on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from bowerbird.decisions import decode_decision
from bowerbird.errors import UsageError
from bowerbird_models import manifest as manifests
from bowerbird_models.bundle import Bundle
from bowerbird_models.manifest import Threshold
from infra.local import pictures
from infra.local.commands.score import score_files
from infra.local.train import report

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold, how it was chosen in words, and the scores it was chosen on."""

    threshold: float
    chosen: str
    scores: Mapping[str, Scores]


def by_keep_rate(bundle: Bundle, rate: float) -> Choice:
    """Keep this share of the pictures that were held out in training."""
    reference = bundle.novelty.reference
    if "heldout" not in reference:
        raise UsageError(f"{bundle.label} holds no held-out scores; give --good and --reject")
    heldout = np.asarray(reference["heldout"])
    text = f"keeps {rate:.3g} of {len(heldout)} held-out pictures"
    return Choice(float(np.quantile(heldout, 1.0 - rate)), text, reference)


def by_pictures_a_day(bundle: Bundle, place: Path, wanted: float) -> Choice:
    """Keep this many a day of what past runs with this model scored.

    Raises:
        UsageError: no decision of this bundle with a score.
    """
    days, scores = set[str](), list[float]()
    for day, label, score in _decided(place):
        if label.partition("@")[0] == bundle.manifest.name:
            days.add(day)
            scores.append(score)
    if not scores:
        raise UsageError(f"{place} holds no decision of {bundle.manifest.name} with a novelty score")
    ranked = np.sort(scores)[::-1]
    place_in_rank = min(len(ranked), max(1, round(wanted * len(days)))) - 1
    text = f"{wanted:g} pictures a day, from {len(ranked)} scores of {len(days)} days"
    return Choice(float(ranked[place_in_rank]), text, {"this run": ranked})


def by_two_folders(bundle: Bundle, good: Path, rejects: Path) -> Choice:
    """Where most of both folders are judged right (Youden's J)."""
    scores = {"heldout": _scores(bundle, good), "rejects": _scores(bundle, rejects)}
    truth = np.r_[np.ones(len(scores["heldout"])), np.zeros(len(scores["rejects"]))]
    false, true, bars = roc_curve(truth, np.r_[scores["heldout"], scores["rejects"]])
    best = int(np.argmax(true - false))
    text = f"keeps {true[best]:.3g} of {good.name} and {false[best]:.3g} of {rejects.name}"
    return Choice(float(bars[best]), text, scores)


def write(bundle: Bundle, choice: Choice, out: Path) -> str:
    """Write the bundle with the new threshold and the next version; returns its label."""
    if out.resolve() != bundle.folder.resolve():
        shutil.copytree(bundle.folder, out, dirs_exist_ok=True)
    old = bundle.manifest
    threshold = Threshold(value=choice.threshold, chosen=choice.chosen)
    version = _next(old.version)
    new = old.model_copy(
        update={
            "name": out.resolve().name,
            "version": version,
            "novelty": old.novelty.model_copy(update={"threshold": threshold}),
        }
    )
    manifests.write(new, out)
    shown = out / "report"
    shown.mkdir(exist_ok=True)
    report.histogram(choice.scores, choice.threshold, shown / "calibration.png")
    return f"{new.name}@{version}"


def _next(version: str) -> str:
    major, minor, patch = version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"


def _scores(bundle: Bundle, folder: Path) -> Scores:
    found = score_files(pictures.find([folder]), bundle)
    scores = np.array([score.novelty for score in found if score.novelty is not None])
    if not len(scores):
        raise UsageError(f"{folder} holds no picture that can be read")
    return scores


def _decided(place: Path) -> Iterator[tuple[str, str, float]]:
    for path in sorted(place.glob("decisions/day=*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            decision = decode_decision(line)
            if "novelty" in decision.scores:
                yield decision.day, decision.bundle, decision.scores["novelty"]
