"""Holds the pages' colours. A satin bowerbird collects blue; the colour-blind can tell blue from clay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb. `paper` is behind everything, `tile` behind a card, `line` for rules and frames.

    Text in `ink`, `faint`, `kept` and `rejected` has a contrast of 4.5:1 or more on paper and tile, and
    `edge`, the frame of what can be pressed, 3:1: WCAG 2.2, 1.4.3 and 1.4.11.
    """

    paper: str
    tile: str
    line: str
    ink: str
    faint: str
    kept: str
    rejected: str
    loved: str
    edge: str


LIGHT: Final = Palette(
    paper="#f6f4ef",
    tile="#ffffff",
    line="#dedad0",
    ink="#1d2026",
    faint="#666a73",
    kept="#2459c4",
    rejected="#a3461f",
    loved="#8f9bb3",
    edge="#8b8778",
)
DARK: Final = Palette(
    paper="#12141a",
    tile="#1b1e26",
    line="#2d313c",
    ink="#eceae4",
    faint="#9a9fab",
    kept="#6f9dff",
    rejected="#e0825a",
    loved="#5d6880",
    edge="#6d7382",
)
