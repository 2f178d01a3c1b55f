"""The same picture as something kept, in another copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.keys import image_key
from bowerbird.core.likeness import Likeness, prints
from bowerbird.core.reasons import Reason
from bowerbird.filter.copies import Copies
from bowerbird.filter.evidence import Compared, File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.imaging import ImageInfo


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Rejects a copy that is no better than the one kept; a better one goes on, and replaces it at last."""

    copies: Copies
    name: ClassVar[str] = "perceptual"
    needs: ClassVar[tuple[type, ...]] = (File, ImageInfo, Pixels)
    gives: ClassVar[tuple[type, ...]] = (Likeness, Compared)

    def examine(self, exam: Examination) -> Reason | None:
        """Look it up; nothing is entered before the picture is kept."""
        coarse, fine = prints(exam[Pixels].image)
        key = image_key(exam[File].sha256, exam[ImageInfo].format)
        exam.give(Likeness(key, exam.candidate.id, coarse, fine), Compared())
        exam.facts["likeness"] = f"{coarse:016x}"
        return self.copies.reason(exam)
