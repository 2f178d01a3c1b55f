"""Holds the sheet's colours. A satin bowerbird collects blue; the colour-blind can tell blue from clay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb. `paper` is behind everything, `tile` behind a card, `line` for rules and frames."""

    paper: str
    tile: str
    line: str
    ink: str
    faint: str
    kept: str
    rejected: str
    loved: str


LIGHT: Final = Palette(
    paper="#f6f4ef",
    tile="#ffffff",
    line="#dedad0",
    ink="#1d2026",
    faint="#666a73",
    kept="#2459c4",
    rejected="#b9552c",
    loved="#8f9bb3",
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
)
