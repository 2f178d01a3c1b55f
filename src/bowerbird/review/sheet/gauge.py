"""Places a score on its bar: the threshold in the middle, keeping to the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bowerbird.review.sheet.cards import Card, Measure


@dataclass(frozen=True, slots=True)
class Gauges:
    """The bars of one run. Each side of the threshold has its own scale.

    Scores reach many times further below the threshold than above it. On one scale, all kept pictures would
    look alike. `reach` is the margin that fills a side, by score name and side.
    """

    reach: dict[tuple[str, bool], float]

    @classmethod
    def of(cls, cards: Iterable[Card]) -> Gauges:
        """Fit the scales to a run: nineteen in twenty bars of a side end before the edge."""
        sides: dict[tuple[str, bool], list[float]] = defaultdict(list)
        for card in cards:
            if card.measure:
                margin = card.measure.margin
                sides[card.measure.name, margin >= 0].append(abs(margin))
        return cls({side: sorted(found)[int(0.95 * (len(found) - 1))] for side, found in sides.items()})

    def position(self, measure: Measure) -> float:
        """Give the place from 0 to 1 where the score ends on its bar; the threshold is at 0.5."""
        margin = measure.margin
        reach = self.reach.get((measure.name, margin >= 0), 0.0)
        return 0.5 + 0.5 * (max(-1.0, min(1.0, margin / reach)) if reach else 0.0)


def figure(value: float) -> str:
    """Write a number that can be read at a glance, with a real minus sign."""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 1000 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"  # noqa: PLR2004 - magnitudes
    return text.replace("-", "\N{MINUS SIGN}")
