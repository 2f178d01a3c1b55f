"""Does it carry somebody's mark?"""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.filter.examination import Examination
from bowerbird.filter.models import Models


@dataclass(frozen=True, slots=True)
class Watermark:
    """Scores the picture with the bundle's watermark classifier, when it has one.

    Of a rejected picture the facts say where the mark is: left, top, right, bottom in shares of the picture.
    """

    models: Models
    name: str = "watermark"

    def examine(self, exam: Examination) -> str | None:
        """Reject at or above the threshold; a bundle without the model says so in the facts."""
        classifier = self.models.watermark
        if classifier is None:
            exam.facts["watermark"] = "no model in this bundle"
            return None
        (found,) = classifier.detect([exam.pixels()])
        probability = found.probability
        exam.scores["watermark"] = probability
        exam.thresholds["watermark"] = classifier.threshold
        if probability >= classifier.threshold:
            if found.place is not None:
                exam.facts["mark"] = [round(side, 4) for side in found.place]
            return f"watermark: {probability:.3f} is at or above {classifier.threshold:.3f}"
        return None
