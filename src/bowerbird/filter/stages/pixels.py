"""No more pixels than this installation wants to decode."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class PixelLimit:
    """Rejects by the header, before anything is decoded; `imaging` has a limit of its own above this one."""

    max_pixels: int
    name: str = "dimensions"

    def examine(self, exam: Examination) -> str | None:
        """Reject above the limit."""
        header = exam.header()
        if header.width * header.height > self.max_pixels:
            return f"too-many-pixels: {header.width}x{header.height}, {self.max_pixels} are read"
        return None
