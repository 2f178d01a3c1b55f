"""Draws matches as a histogram: what the owner loves above, what this run met below, one threshold."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from bowerbird.models.bundle import Bundle
from bowerbird.review.palette import Palette
from bowerbird.review.sheet.gauge import figure
from bowerbird.review.sheet.summary import Run

_BINS: Final = 48
_OUTLIERS: Final = 0.02

Scores = NDArray[np.floating[Any]]


def _none() -> Scores:
    return np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What a run is compared with: scores of the training and the held-out pictures, and the threshold.

    `bundle` is the label of the bundle that they belong to. They mean nothing beside a run that another
    bundle decided, so the sheet leaves them out there. With None it shows them beside any run.
    """

    training: Scores = field(default_factory=_none)
    held_out: Scores = field(default_factory=_none)
    threshold: float | None = None
    bundle: str | None = None

    def fits(self, run: Run) -> bool:
        """Say whether the model that gave these scores also decided the run."""
        return self.bundle is None or not run.bundles or self.bundle in run.bundles


def reference_of(bundle: Bundle) -> Reference:
    """Read from a bundle the scores of the pictures it was fitted on and of those held out."""
    samples, none = bundle.novelty.reference, np.empty(0)
    return Reference(
        samples.get("training", none), samples.get("heldout", none), bundle.novelty.threshold, bundle.label
    )


@dataclass(frozen=True, slots=True)
class Histogram:
    """Scores ready to be drawn: 1-d and finite."""

    training: Scores
    held_out: Scores
    kept: Scores
    rejected: Scores
    threshold: float | None

    @classmethod
    def of(cls, run: Run, reference: Reference | None) -> Histogram | None:
        """Gather the scores; give None when there are no scores."""
        if reference is None or not reference.fits(run):
            reference = Reference()
        # What was really held against: keep_rate in bowerbird.toml may differ from the bundle's own.
        threshold = reference.threshold if run.threshold is None else run.threshold
        found = cls(
            _finite(reference.training),
            _finite(reference.held_out),
            _matches(run, keep=True),
            _matches(run, keep=False),
            threshold,
        )
        return found if found._parts() else None

    def draw(
        self, colours: Palette, *, inches: tuple[float, float], image_format: str, dpi: int = 100
    ) -> bytes:
        """Draw the histogram as `svg` or `png`. Equal scores give equal bytes."""
        loved = bool(self.training.size or self.held_out.size)
        edges = self._edges()
        # Letters are drawn as outlines, so the picture looks the same where DejaVu is not installed.
        with mpl.rc_context(
            {"svg.hashsalt": "bowerbird", "svg.fonttype": "path", "font.family": "DejaVu Sans"}
        ):
            drawing = Figure(
                figsize=inches, layout=ConstrainedLayoutEngine(hspace=0.06), facecolor=colours.paper
            )
            axes = drawing.subplots(1 + loved, 1, sharex=True, squeeze=False)[:, 0]
            if loved:
                self._draw_loved(axes[0], edges, colours)
            self._draw_run(axes[-1], edges, colours)
            for axis in axes:
                self._dress(axis, edges, colours)
            self._mark_threshold(list(axes), colours)
            axes[-1].set_xlabel(
                "match with your taste (edge bars hold the outliers)", color=colours.faint, size=8
            )
            target = io.BytesIO()
            metadata = {"Date": None} if image_format == "svg" else {}
            # On a page, the page's own background shows through; in print, that is white.
            see_through = image_format == "svg"
            drawing.savefig(target, format=image_format, dpi=dpi, metadata=metadata, transparent=see_through)
        return target.getvalue()

    def _parts(self) -> list[Scores]:
        every = (self.training, self.held_out, self.kept, self.rejected)
        return [part for part in every if part.size]

    def _edges(self) -> Scores:
        # Logos and memes score absurdly low. Without a cut, the interesting part would be three pixels wide.
        parts = self._parts()
        low = min(float(np.quantile(part, _OUTLIERS)) for part in parts)
        high = max(float(np.quantile(part, 1 - _OUTLIERS)) for part in parts)
        if self.threshold is not None:
            low, high = min(low, self.threshold), max(high, self.threshold)
        width = (high - low) / _BINS or 1.0
        # An edge lies on the threshold, so that no bar holds both sides of it.
        origin = low if self.threshold is None else self.threshold
        first, last = math.floor((low - origin) / width) - 1, math.ceil((high - origin) / width) + 1
        return origin + width * np.arange(first, last + 1)

    def _draw_loved(self, axis: Axes, edges: Scores, colours: Palette) -> None:
        if self.training.size:
            axis.stairs(
                _share(self.training, edges),
                edges,
                fill=True,
                color=colours.loved,
                alpha=0.55,
                label=f"yours, learned from ({self.training.size:,})",
            )
        if self.held_out.size:
            axis.stairs(
                _share(self.held_out, edges),
                edges,
                color=colours.ink,
                linewidth=1.3,
                label=f"yours, kept apart ({self.held_out.size:,})",
            )
        axis.set_ylabel("% of pictures", color=colours.faint, size=8)

    def _draw_run(self, axis: Axes, edges: Scores, colours: Palette) -> None:
        kept, rejected = _count(self.kept, edges), _count(self.rejected, edges)
        axis.stairs(kept, edges, fill=True, color=colours.kept, label=f"this run, kept ({self.kept.size:,})")
        axis.stairs(
            kept + rejected,
            edges,
            baseline=kept,
            fill=True,
            color=colours.rejected,
            label=f"this run, rejected ({self.rejected.size:,})",
        )
        axis.set_ylabel("candidates", color=colours.faint, size=8)

    def _dress(self, axis: Axes, edges: Scores, colours: Palette) -> None:
        axis.set_facecolor(colours.paper)
        axis.set_xlim(float(edges[0]), float(edges[-1]))
        axis.tick_params(colors=colours.faint, labelsize=8, length=0)
        axis.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axis.grid(axis="y", color=colours.line, linewidth=0.6)
        axis.set_axisbelow(True)
        for side in ("top", "left", "right"):
            axis.spines[side].set_visible(False)
        axis.spines["bottom"].set_color(colours.line)
        # Leave room above the bars, so that the legend hides none of them.
        axis.set_ylim(top=1.4 * axis.get_ylim()[1])
        legend = axis.legend(
            loc="upper left", ncols=2, fontsize=8, labelcolor=colours.ink, handlelength=1.2, borderaxespad=0.1
        )
        legend.get_frame().set(facecolor=colours.paper, edgecolor="none", alpha=0.85)

    def _mark_threshold(self, axes: Sequence[Axes], colours: Palette) -> None:
        if self.threshold is None:
            return
        for axis in axes:
            axis.axvline(self.threshold, color=colours.ink, linewidth=1.2, linestyle=(0, (4, 3)))
        axes[0].annotate(
            f"threshold {figure(self.threshold)}",
            (self.threshold, 1.0),
            xytext=(0, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=colours.ink,
            size=8.5,
            weight="bold",
        )


def _matches(run: Run, *, keep: bool) -> Scores:
    cards = (card for card in run.cards if card.keep is keep)
    return _finite([card.novelty for card in cards if card.novelty is not None])


def _finite(scores: Scores | list[float]) -> Scores:
    found = np.asarray(scores, dtype=np.float64).ravel()
    return found[np.isfinite(found)]


def _count(scores: Scores, edges: Scores) -> NDArray[np.int64]:
    return np.histogram(np.clip(scores, edges[0], edges[-1]), edges)[0].astype(np.int64)


def _share(scores: Scores, edges: Scores) -> Scores:
    return 100 * _count(scores, edges) / scores.size
