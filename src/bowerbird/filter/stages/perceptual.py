"""Finds another copy of a picture that is already kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.keys import image_key
from bowerbird.core.likeness import Likeness, prints
from bowerbird.core.reasons import Reason
from bowerbird.filter.contest import Entry
from bowerbird.filter.copies import Copies
from bowerbird.filter.evidence import Copy, File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.imaging import ImageInfo


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Rejects a copy that is no better than the kept one. A better one goes on, and replaces it later."""

    copies: Copies
    name: ClassVar[str] = "perceptual"
    needs: ClassVar[tuple[type, ...]] = (File, ImageInfo, Pixels)
    gives: ClassVar[tuple[type, ...]] = (Copy,)

    def examine(self, exam: Examination) -> Reason | None:
        """Look it up; nothing is entered before the picture is kept."""
        file, header, image = exam[File], exam[ImageInfo], exam[Pixels].image
        coarse, fine = prints(image)
        likeness = Likeness(image_key(file.sha256, header.format), exam.candidate.id, coarse, fine)
        copy = Copy(likeness, Entry(file.data, header, image))
        exam.give(copy)
        exam.facts["likeness"] = f"{coarse:016x}"
        return self.copies.reason(copy, last_attempt=exam.last_attempt)
