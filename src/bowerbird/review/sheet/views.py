"""Divides a sheet that is too long for one page: the front, and pages of the kept and of each reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from bowerbird.core.keys import digest
from bowerbird.review.sheet.cards import Card
from bowerbird.review.sheet.summary import Group, Run

#: Pictures on one page. A small one takes about 12 KB, and comes when it scrolls into sight.
A_PAGE: Final = 120


@dataclass(frozen=True, slots=True)
class View:
    """The pictures under one heading. `name` is short, our own, and always the same."""

    name: str
    heading: str
    stages: tuple[str, ...]
    cards: tuple[Card, ...]
    keep: bool = False

    @property
    def pages(self) -> int:
        """Count the pages; without pictures there is none."""
        return math.ceil(len(self.cards) / A_PAGE)

    def page(self, number: int) -> tuple[Card, ...]:
        """Give the pictures of a page, from 1; none for a page that is not there."""
        return self.cards[(number - 1) * A_PAGE : number * A_PAGE] if number > 0 else ()


def views(run: Run) -> tuple[View, ...]:
    """Divide a run: the kept first, then each reason."""
    return (
        View("kept", "Kept", (), run.kept, keep=True),
        *(View(_name(group), group.reason, group.stages, group.cards) for group in run.groups),
    )


def _name(group: Group) -> str:
    # A stranger may have written the reason.
    return f"reason-{digest(group.reason)[:8]}"
