"""Writes the sheet of a place to a folder."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from bowerbird.adapters.folder.disk import disk_errors
from bowerbird.core.plain_text import plain
from bowerbird.core.ports import ObjectStore
from bowerbird.core.whole import write_whole
from bowerbird.review.palette import LIGHT
from bowerbird.review.sheet.album import write_album
from bowerbird.review.sheet.histogram import Histogram, Reference, Scores
from bowerbird.review.sheet.page import Sheet
from bowerbird.review.sheet.poster import draw_poster
from bowerbird.review.sheet.summary import Run, read_run

_HISTOGRAM_INCHES: Final = (9.6, 4.2)


@dataclass(frozen=True, slots=True)
class SheetFiles:
    """The sheet's files; `histogram` is None when nothing in the run has a match."""

    page: Path
    picture: Path
    histogram: Path | None
    run: Run


def write_sheet(
    store: ObjectStore,
    out: Path,
    *,
    reference: Reference | None,
    day: str | None = None,
    title: str = "Contact sheet",
) -> SheetFiles:
    """Write `sheet.html`, `sheet.png` and `novelty.png` of a place, of one day (YYYY-MM-DD) or of all.

    A page of more than 1 MB becomes several, with pictures, in the folder `sheet-files`.
    """
    title = plain(title)
    run, histogram = read_placed(store, reference, day)
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    page, picture, chart = out / "sheet.html", out / "sheet.png", out / "novelty.png"
    write_album(Sheet(run, histogram, store, title), page)
    write_whole(picture, _png(draw_poster(run, histogram, store, title)))
    if histogram is None:
        return SheetFiles(page, picture, None, run)
    write_whole(chart, histogram.draw(LIGHT, inches=_HISTOGRAM_INCHES, image_format="png", dpi=150))
    return SheetFiles(page, picture, chart, run)


def read_placed(
    store: ObjectStore, reference: Reference | None, day: str | None = None
) -> tuple[Run, Histogram | None]:
    """Read a run, say how its matches stand among the owner's pictures, and gather its histogram."""
    run = read_run(store, day)
    if reference is not None and reference.bundle in {None, *run.bundles} and len(run.bundles) == 1:
        run = _placed(run, reference.held_out)
    return run, Histogram.of(run, reference)


def _placed(run: Run, held_out: Scores) -> Run:
    """Say how matches stand among the owner's pictures where the decisions, of an older version, do not."""
    if not held_out.size:
        return run
    cards = (
        card
        if card.percentile is not None or card.novelty is None
        else replace(card, percentile=100 * float(np.mean(held_out < card.novelty)))
        for card in run.cards
    )
    return replace(run, cards=tuple(cards))


def _png(image: Image.Image) -> bytes:
    drawn = io.BytesIO()
    image.save(drawn, "PNG")
    return drawn.getvalue()
