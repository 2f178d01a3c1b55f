"""Tests whether a picture looks like what the owner loves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Embedding, Looked, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Novelty:
    """Scores the embedding under the owner's model."""

    bundle: Bundle
    name: ClassVar[str] = "novelty"
    needs: ClassVar[tuple[type, ...]] = (Pixels,)
    gives: ClassVar[tuple[type, ...]] = (Embedding,)

    def examine(self, exam: Examination) -> Reason | None:
        """Reject below the bundle's threshold."""
        embedded = self.bundle.encoder.embed([exam[Pixels].image])
        score = float(self.bundle.novelty.score(embedded)[0])
        exam.give(Embedding(embedded[0]), Looked(embedded[0], score, "original"))
        threshold = float(self.bundle.novelty.threshold)
        exam.scores["novelty"] = score
        exam.thresholds["novelty"] = threshold
        heldout = self.bundle.novelty.reference.get("heldout")
        if heldout is not None and heldout.size:
            exam.facts["novelty_percentile"] = round(100 * float(np.mean(heldout < score)), 1)
        if score < threshold:
            return Reason(Word.NOVELTY, f"{score:.4g} is below {threshold:.4g}")
        return None
