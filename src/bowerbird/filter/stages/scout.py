"""A cheap bundle looks before the expensive one does."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import Opinion


@dataclass(frozen=True, slots=True)
class Scout:
    """Scores the original, unless its preview was scored before."""

    opinion: Opinion
    name: str = "scout"

    def examine(self, exam: Examination) -> str | None:
        """Reject only the hopeless."""
        if self.opinion.name in exam.scores:
            return None
        score = self.opinion.score(exam.pixels())
        exam.scores[self.opinion.name] = score
        exam.thresholds[self.opinion.name] = self.opinion.floor
        return self.opinion.reason(score)
