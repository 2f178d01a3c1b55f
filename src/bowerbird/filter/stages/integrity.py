"""Decode the whole picture, once, for every stage that looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird import imaging
from bowerbird.core.reasons import Reason
from bowerbird.filter.evidence import File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.imaging.isolated import Decoder


@dataclass(frozen=True, slots=True)
class Integrity:
    """Rejects a picture that does not decode to the end.

    A JPEG that lacks its end marker, and no pixel, passes with the fact `unfinished`.

    The models need a shorter side of at least `min_side` pixels. A JPEG is decoded at the smallest scale that
    still has it.
    """

    min_side: int
    decoder: Decoder = imaging
    name: ClassVar[str] = "integrity"
    needs: ClassVar[tuple[type, ...]] = (File,)
    gives: ClassVar[tuple[type, ...]] = (Pixels,)

    def examine(self, exam: Examination) -> Reason | None:
        """Decode; what is broken raises its reason."""
        image = self.decoder.decode(exam[File].data, min_side=self.min_side)
        exam.give(Pixels(image))
        if imaging.UNFINISHED in image.info:
            exam.facts["unfinished"] = True
        return None
