"""Shows training and calibration in plots, and in sheets of the pictures near the threshold."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from sklearn.metrics import precision_recall_curve, roc_curve

from bowerbird.core.whole import write_whole
from bowerbird.imaging import picture_files
from bowerbird.training.mixtures import Trial

mpl.use("Agg")

Scores = NDArray[np.float64]

_COLOURS: Final = {"training": "#8fb8de", "heldout": "#1f6f8b", "rejects": "#c8553d"}
_THUMBNAIL: Final = 160
_COLUMNS: Final = 8


def criteria(trials: Sequence[Trial], path: Path) -> None:
    """Plot AIC, BIC and held-out likelihood against the number of components."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    for axis, what in zip(axes, ("aic", "bic", "heldout"), strict=True):
        _lines(axis, trials, what)
        axis.set(
            xscale="log",
            xlabel="components",
            title="held-out nats a picture" if what == "heldout" else what.upper(),
        )
        axis.set_xticks([trial.count for trial in trials], [str(trial.count) for trial in trials])
    axes[0].legend()
    _save(figure, path)


def _lines(axis: Axes, trials: Sequence[Trial], what: str) -> None:
    for covariance in dict.fromkeys(trial.covariance for trial in trials):
        own = [trial for trial in trials if trial.covariance == covariance]
        counts, values = [trial.count for trial in own], [getattr(trial, what) for trial in own]
        axis.plot(counts, values, "o-", label=covariance)


def histogram(scores: Mapping[str, Scores], threshold: float, path: Path) -> None:
    """Plot training, held-out and reject scores with the threshold."""
    figure, axis = plt.subplots(figsize=(8, 4), layout="constrained")
    low = min(float(np.quantile(values, 0.005)) for values in scores.values() if len(values))
    high = max(float(values.max()) for values in scores.values() if len(values))
    bins = np.linspace(low, high, 60)
    for name, values in scores.items():
        axis.hist(
            values.clip(low), bins.tolist(), density=True, alpha=0.6, label=name, color=_COLOURS.get(name)
        )
    axis.axvline(threshold, color="black", linestyle="--", label=f"threshold {threshold:.3g}")
    axis.set(xlabel="match", ylabel="density")
    axis.legend()
    _save(figure, path)


def curves(good: Scores, rejects: Scores, path: Path) -> None:
    """Plot ROC and precision-recall of held-out scores."""
    truth = np.r_[np.ones(len(good)), np.zeros(len(rejects))]
    scores = np.r_[good, rejects]
    false, true, _ = roc_curve(truth, scores)
    precision, recall, _ = precision_recall_curve(truth, scores)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    left.plot(false, true)
    left.set(xlabel="rejects kept", ylabel="good kept", title="ROC, held out")
    right.plot(recall, precision)
    right.set(xlabel="good kept", ylabel="precision", title="precision-recall, held out")
    _save(figure, path)


def nearest(paths: Sequence[Path], scores: Scores, threshold: float, path: Path, *, above: bool) -> None:
    """Draw a sheet of the pictures nearest the threshold on one side, closest first."""
    side = np.flatnonzero(scores >= threshold if above else scores < threshold)
    order = side[np.argsort(np.abs(scores[side] - threshold))][: _COLUMNS * 4]
    rows = max(1, -(-len(order) // _COLUMNS))
    sheet = Image.new("RGB", (_COLUMNS * _THUMBNAIL, rows * _THUMBNAIL), "white")
    for place, index in enumerate(order):
        picture = picture_files.read(paths[int(index)], _THUMBNAIL)
        picture.thumbnail((_THUMBNAIL - 4, _THUMBNAIL - 4))
        sheet.paste(picture, ((place % _COLUMNS) * _THUMBNAIL + 2, (place // _COLUMNS) * _THUMBNAIL + 2))
    drawn = io.BytesIO()
    sheet.save(drawn, "JPEG", quality=88)
    write_whole(path, drawn.getvalue())


def _save(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=110)
    plt.close(figure)
    write_whole(path, drawn.getvalue())
