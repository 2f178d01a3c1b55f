"""Makes a run's contact sheet: what was kept, what was not and why; a page, a picture, a histogram."""

from __future__ import annotations

from bowerbird.review.sheet.histogram import Reference
from bowerbird.review.sheet.write import SheetFiles, write_sheet

__all__ = ["Reference", "SheetFiles", "write_sheet"]
