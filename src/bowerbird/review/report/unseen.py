"""Says what is lost by turning posts down unseen: a few of them were looked at all the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bowerbird.core.decision_log import DecisionLog
from bowerbird.core.ports import ObjectStore

_Z = 1.96  # 95 % of a normal distribution
_STAGE = "prior"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Counts posts that were turned down unseen, those looked at anyway, and what of these was kept.

    `kept` are all pictures that were kept in the place.
    """

    turned_down: int
    looked: int
    found: int
    kept: int

    @property
    def lost(self) -> tuple[float, float, float]:
        """How many pictures were lost: the estimate, and its 95 % interval (Wilson)."""
        if not self.looked:
            return 0.0, 0.0, float(self.turned_down)
        n, p, z2 = self.looked, self.found / self.looked, _Z**2
        middle, half = p + z2 / (2 * n), _Z * math.sqrt((p * (1 - p) + z2 / (4 * n)) / n)
        least, most = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
        return p * self.turned_down, least * self.turned_down, most * self.turned_down

    def line(self) -> str | None:
        """Tell it in one sentence; None when no post was turned down unseen."""
        if not self.turned_down:
            return None
        lost, least, most = self.lost
        return (
            f"{self.turned_down} posts were turned down unseen. Of {self.looked} such posts that were looked "
            f"at anyway, {self.found} brought a picture that was kept. So about {lost:.0f} pictures were "
            f"lost ({math.floor(least)} to {math.ceil(most)} with 95 % confidence), beside the {self.kept} "
            "that were kept; `mine --prior off` looks at all posts"
        )


def read_unseen(store: ObjectStore, day: str | None = None) -> Unseen:
    """Count the decisions of a place, of one day (YYYY-MM-DD) or of all."""
    turned_down = looked = found = kept = 0
    for each in DecisionLog(store).read(day):
        kept += each.keep
        if each.stage == _STAGE and not each.keep:
            turned_down += 1
        elif each.facts.get("looked_anyway"):
            looked += 1
            found += each.keep
    return Unseen(turned_down, looked, found, kept)
