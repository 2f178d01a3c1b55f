"""Tests whether a picture carries somebody's mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Pixels
from bowerbird.filter.examination import Examination
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Watermark:
    """Scores the picture with the bundle's watermark classifier, when it has one.

    The facts of a marked picture say where the mark is: left, top, right, bottom, in shares of the picture.
    One that only `notes` marks rejects none of them.
    """

    bundle: Bundle
    notes: bool = False
    name: ClassVar[str] = "watermark"
    needs: ClassVar[tuple[type, ...]] = (Pixels,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject or note at or above the threshold. When the bundle has no such model, the facts say so."""
        classifier = self.bundle.watermark
        if classifier is None:
            exam.facts["watermark"] = "no model in this bundle"
            return None
        (found,) = classifier.detect([exam[Pixels].image])
        probability = found.probability
        exam.scores["watermark"] = probability
        exam.thresholds["watermark"] = classifier.threshold
        if probability < classifier.threshold:
            return None
        if found.place is not None:
            exam.facts["mark"] = [round(side, 4) for side in found.place]
        if self.notes:
            exam.facts["watermark"] = "noted"
            return None
        return Reason(Word.WATERMARK, f"{probability:.3f} is at or above {classifier.threshold:.3f}")
