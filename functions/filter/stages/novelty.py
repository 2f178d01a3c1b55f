"""Does it look like what the owner loves?"""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird_models.bundle import Bundle

from functions.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class Novelty:
    """Scores the embedding under the owner's model."""

    bundle: Bundle
    name: str = "novelty"

    def examine(self, exam: Examination) -> str | None:
        """Reject below the bundle's threshold."""
        score = float(self.bundle.novelty.score(self.bundle.encoder.embed([exam.pixels()]))[0])
        threshold = float(self.bundle.novelty.threshold)
        exam.scores["novelty"] = score
        exam.thresholds["novelty"] = threshold
        if score < threshold:
            return f"novelty: {score:.4g} is below {threshold:.4g}"
        return None
