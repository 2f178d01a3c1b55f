"""The same picture as something kept, in another copy."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.core.keys import image_key
from bowerbird.core.likeness import Likeness, prints
from bowerbird.filter.copies import Copies
from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Rejects a copy that is no better than the one kept; a better one goes on, and replaces it at last."""

    copies: Copies
    name: str = "perceptual"

    def examine(self, exam: Examination) -> str | None:
        """Look it up; nothing is entered before the picture is kept."""
        coarse, fine = prints(exam.pixels())
        key = image_key(exam.sha256, exam.header().format)
        exam.likeness = Likeness(key, exam.candidate.id, coarse, fine)
        exam.facts["likeness"] = f"{coarse:016x}"
        return self.copies.reason(exam)
