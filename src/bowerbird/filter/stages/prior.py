"""Turns down posts like those that never bring a kept picture, before a byte is fetched.

Only where the owner's decisions show that hardly anything is lost so. Of what it turns down, a few are looked
at all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import ClassVar

from bowerbird.core import prior
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class Prior:
    """Asks the model that holds at the moment; `look` is the share that is looked at anyway."""

    model: Callable[[], prior.Prior | None]
    look: float
    name: ClassVar[str] = "prior"
    needs: ClassVar[tuple[type, ...]] = ()
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Note what the model can learn from, and reject what scores below its floor."""
        candidate = exam.candidate
        size = None
        if candidate.width is not None and candidate.height is not None:
            size = candidate.width, candidate.height
            exam.facts["declared"] = list(size)
        model = self.model()
        if model is None or model.floor is None:
            return None
        score = round(model.score(prior.traits(asdict(candidate.submission), candidate.host, size)), 3)
        exam.scores["prior"], exam.thresholds["prior"] = score, model.floor
        if score >= model.floor:
            return None
        if prior.looked_at_anyway(candidate.id, self.look):
            exam.facts["looked_anyway"] = True
            return None
        return Reason(Word.UNLIKELY, f"{score:.2f} < {model.floor:.2f}")
