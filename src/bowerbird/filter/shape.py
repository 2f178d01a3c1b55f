"""The gallery's rule on size and aspect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from bowerbird.core.reasons import Reason, Word


@dataclass(frozen=True, slots=True)
class ShapeRule:
    """Which sizes and aspects fit the gallery. The defaults are those of nomad, the crawler this replaces.

    `min_area` is in pixels; `max_wide` bounds width/height and `max_tall` height/width.
    """

    min_area: int = 1280 * 1024
    max_wide: float = 3.0
    max_tall: float = 2.0

    def reason(self, width: int, height: int) -> Reason | None:
        """Say why a picture of this size does not fit, or None."""
        size = f"{width}x{height}"
        if width * height < self.min_area:
            area = width * height
            return Reason(Word.TOO_SMALL, f"{size} is {area} pixels, less than {self.min_area}")
        if width > self.max_wide * height:
            return Reason(Word.TOO_WIDE, f"{size}, width/height above {self.max_wide:g}")
        if height > self.max_tall * width:
            return Reason(Word.TOO_TALL, f"{size}, height/width above {self.max_tall:g}")
        return None

    @classmethod
    def of_any(cls, rules: Iterable[ShapeRule]) -> Self:
        """Return a rule that turns down only what each of these turns down."""
        each = list(rules)
        return cls(
            min(rule.min_area for rule in each),
            max(rule.max_wide for rule in each),
            max(rule.max_tall for rule in each),
        )


#: The rule unless the owner says otherwise.
NOMADS: Final = ShapeRule()
