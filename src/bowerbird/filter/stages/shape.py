"""Size and aspect: first as the listing declares them, then as they are."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.core.usual import MAX_TALL, MAX_WIDE, MIN_AREA
from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """What fits the gallery; the defaults are in `bowerbird.core.usual`.

    `min_area` is in pixels; `max_wide` bounds width/height and `max_tall` height/width.
    """

    min_area: int = MIN_AREA
    max_wide: float = MAX_WIDE
    max_tall: float = MAX_TALL

    def reason(self, width: int, height: int) -> str | None:
        """Why a picture of this size does not fit, or None."""
        if width * height < self.min_area:
            return f"too-small: {width}x{height} is {width * height} pixels, less than {self.min_area}"
        if width > self.max_wide * height:
            return f"too-wide: {width}x{height}, width/height above {self.max_wide:g}"
        if height > self.max_tall * width:
            return f"too-tall: {width}x{height}, height/width above {self.max_tall:g}"
        return None


@dataclass(frozen=True, slots=True)
class DeclaredShape:
    """Judges what the listing says, before a byte is fetched."""

    rule: ShapeRule
    name: str = "declared"

    def examine(self, exam: Examination) -> str | None:
        """Reject on the declared size; an undeclared one goes on."""
        candidate = exam.candidate
        if candidate.width is None or candidate.height is None:
            return None
        return self.rule.reason(candidate.width, candidate.height)


@dataclass(frozen=True, slots=True)
class RealShape:
    """Judges what the image's own header says."""

    rule: ShapeRule
    name: str = "dimensions"

    def examine(self, exam: Examination) -> str | None:
        """Reject on the real size, after EXIF orientation."""
        header = exam.header()
        return self.rule.reason(header.width, header.height)
