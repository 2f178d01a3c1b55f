"""Judges size and aspect as the listing declares them, before a byte is fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason
from bowerbird.filter.examination import Examination
from bowerbird.filter.shape import ShapeRule


@dataclass(frozen=True, slots=True)
class Declared:
    """Judges what the listing says."""

    rule: ShapeRule
    name: ClassVar[str] = "declared"
    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject on the declared size; an undeclared one goes on."""
        candidate = exam.candidate
        if candidate.width is None or candidate.height is None:
            return None
        return self.rule.reason(candidate.width, candidate.height)
