"""Does it look like what the owner loves?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bowerbird.filter.examination import Examination
from bowerbird.filter.models import Models


@dataclass(frozen=True, slots=True)
class Novelty:
    """Scores the embedding under the owner's model."""

    models: Models
    name: str = "novelty"

    def examine(self, exam: Examination) -> str | None:
        """Reject below the bundle's threshold."""
        embedded = self.models.encoder.embed([exam.pixels()])
        exam.embedding = embedded[0]
        score = float(self.models.novelty.score(embedded)[0])
        threshold = float(self.models.novelty.threshold)
        exam.scores["novelty"] = score
        exam.thresholds["novelty"] = threshold
        heldout = self.models.novelty.reference.get("heldout")
        if heldout is not None and heldout.size:
            exam.facts["novelty_percentile"] = round(100 * float(np.mean(heldout < score)), 1)
        if score < threshold:
            return f"novelty: {score:.4g} is below {threshold:.4g}"
        return None
