"""Says in plain words what a training came to: of pictures, by their names, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.training.marked import Marked

Scores = NDArray[np.float64]

_EXAMPLES: Final = 3
_FEW, _ENOUGH = 50, 100
_LEAST_RATE, _MOST_RATE = 0.5, 0.999


@dataclass(frozen=True, slots=True)
class Findings:
    """A finished model, and how it scores pictures that no model had seen when it scored them.

    `scores` (N) belong to `good`, `rejected` (R) to `rejects`, `ordinary` to pictures that nobody judged. A
    picture is kept from `threshold` on. `unreadable` files were left out. `different` is how many of `good`
    are no copies or crops of one another; None if nobody looked. `marked` are watermarks on `good`.
    """

    out: Path
    keep_rate: float
    threshold: float
    good: Sequence[Path]
    scores: Scores
    rejects: Sequence[Path] = ()
    rejected: Scores = field(default_factory=lambda: np.empty(0))
    ordinary: Scores = field(default_factory=lambda: np.empty(0))
    unreadable: int = 0
    different: int | None = None
    marked: Marked | None = None

    @property
    def kept(self) -> list[Path]:
        """The owner's pictures that are kept, the weakest first."""
        return _ranked(self.good, self.scores, self.scores >= self.threshold)

    @property
    def passed_over(self) -> list[Path]:
        """The owner's pictures that are not kept, the weakest first."""
        return _ranked(self.good, self.scores, self.scores < self.threshold)

    @property
    def let_in(self) -> list[Path]:
        """The rejects that are kept all the same, the strongest first."""
        return _ranked(self.rejects, -self.rejected, self.rejected >= self.threshold)


def _ranked(paths: Sequence[Path], scores: Scores, among: NDArray[np.bool_]) -> list[Path]:
    return [paths[row] for row in np.argsort(scores, kind="stable") if among[row]]


def what_it_knows(found: Findings) -> str:
    """How many pictures there are, and what that means. What was measured: docs/research/models.md."""
    all_of_them, others = len(found.good), len(found.rejects)
    count = all_of_them if found.different is None else found.different
    differ = "" if count == all_of_them else f", copies and crops of {count}"
    beside = f" and {others} that you do not" if others else ""
    if count < _FEW:
        means = f"That is a beginning: which {count} they are still matters much. 100 make it steadier"
    elif count < _ENOUGH:
        means = "That is enough to begin with; 100 make it steadier"
    else:
        means = "That is enough: where we measured it, twice as many changed little"
    more = "" if others else ". What helps more: 20 or more that you do not love (--reject DIR)"
    files = f"{found.unreadable} file{'s' if found.unreadable > 1 else ''}"
    left = f" {files} that could not be read left out." if found.unreadable else ""
    return (
        f"{found.out.name} knows {all_of_them} pictures that you love{differ}{beside}. {means}{more}.{left}"
    )


def what_it_does(found: Findings) -> list[str]:
    """What it would keep, pass over and let in, by examples."""
    kept, over, let_in = found.kept, found.passed_over, found.let_in
    told = [
        f"It would keep {len(kept)} of your {len(found.good)} if it had never seen them."
        + _named(" Only just:", kept),
    ]
    if over:
        told.append(f"It would pass over {len(over)} of yours." + _named(" The least like the rest:", over))
    if found.rejects:
        count = f"{len(let_in) or 'none'} of the {len(found.rejects)} that you do not love"
        told.append(f"It would let in {count}." + _named(" The likeliest:", let_in))
    if len(found.ordinary):
        count, share = f"{len(found.ordinary):,}", float((found.ordinary >= found.threshold).mean())
        told.append(f"Of {count} ordinary pictures that nobody judged, it would let in {share:.0%}.")
    if found.marked and found.marked.found:
        count = f"{len(found.marked.found)} of {len(found.marked.looked)}"
        looked = " that it looked at" if len(found.marked.looked) < len(found.good) else ""
        told.append(
            f"{count} of yours{looked} seem to carry a watermark, such as a signature; `mine` turns such "
            "down. If you do not mind, train with --watermark note."
            + _named(" The surest:", found.marked.found)
        )
    return told


def what_to_do(found: Findings) -> list[str]:
    """Which command makes it stricter, milder, or lets it work."""
    out, missed = quote(str(found.out)), 1.0 - found.keep_rate
    stricter, milder = max(_LEAST_RATE, 1.0 - 2 * missed), min(_MOST_RATE, 1.0 - missed / 2)
    return [
        f"Does it keep too much?    bowerbird calibrate {out} --keep-rate {stricter:.3g}",
        f"Does it keep too little?  bowerbird calibrate {out} --keep-rate {milder:.3g}",
        f"Let it work:              bowerbird mine --source bluesky --out PLACE --bundle {out}",
    ]


def lines(found: Findings, report: Path) -> list[str]:
    """All of it for a terminal. `report` is the page with the pictures."""
    return [
        what_it_knows(found),
        *what_it_does(found),
        f"Look at these pictures, and at the figures: {report}",
        *what_to_do(found),
    ]


def _named(intro: str, paths: Sequence[Path]) -> str:
    if not paths:
        return ""
    names = ", ".join(path.name for path in paths[:_EXAMPLES])
    return f"{intro} {names}{'…' if len(paths) > _EXAMPLES else ''}"
