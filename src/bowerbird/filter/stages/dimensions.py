"""Judges size and aspect by the picture's own header, before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.examination import Examination
from bowerbird.filter.shape import ShapeRule
from bowerbird.imaging import ImageInfo


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Rejects above `max_pixels` (`imaging` has a limit of its own, too), and by the rule if there is one."""

    max_pixels: int
    rule: ShapeRule | None
    name: ClassVar[str] = "dimensions"
    needs: ClassVar[tuple[type, ...]] = (ImageInfo,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject on the real size, after EXIF orientation."""
        width, height = exam[ImageInfo].width, exam[ImageInfo].height
        if width * height > self.max_pixels:
            return Reason(Word.TOO_MANY_PIXELS, f"{width}x{height}, {self.max_pixels} are read")
        return self.rule.reason(width, height) if self.rule else None
