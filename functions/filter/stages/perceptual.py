"""The same picture as something kept, in another copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bowerbird.keys import image_key
from bowerbird.likeness import Likeness, prints, sharpness
from functions.filter.copies import Copies
from functions.filter.examination import Examination

# Above this copies of one picture are compared; larger sides show blur better but need a larger decode.
_SIDE: Final = 448


@dataclass(frozen=True, slots=True)
class Perceptual:
    """Rejects a copy that is no better than the one kept; a better one goes on, and replaces it in the end.

    `min_side` is what the integrity stage decodes to at least: copies are compared at a side both have.
    """

    copies: Copies
    min_side: int
    name: str = "perceptual"

    def examine(self, exam: Examination) -> str | None:
        """Look it up; nothing is entered before the picture is kept."""
        exam.likeness = likeness_of(exam, self.min_side)
        exam.facts["likeness"] = f"{exam.likeness.coarse:016x}"
        return self.copies.reason(exam.likeness)


def likeness_of(exam: Examination, min_side: int) -> Likeness:
    """What a decoded picture looks like; `min_side` as above."""
    header, image = exam.header(), exam.pixels()
    coarse, fine = prints(image)
    return Likeness(
        image=image_key(exam.sha256, header.format),
        candidate=exam.candidate.id,
        coarse=coarse,
        fine=fine,
        sharpness=sharpness(image, min(_SIDE, min_side)),
        pixels=header.width * header.height,
        weight=len(exam.data),
    )
