"""Draws the sheet as one picture with Pillow: for a README, a chat, a report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Final

from PIL import Image, ImageDraw

from bowerbird.core.ports import ObjectStore
from bowerbird.core.wording import called
from bowerbird.review.palette import DARK
from bowerbird.review.sheet.gauge import Gauges
from bowerbird.review.sheet.histogram import Histogram
from bowerbird.review.sheet.lettering import Ink, write
from bowerbird.review.sheet.summary import Group, Run
from bowerbird.review.sheet.thumbs import load_thumb
from bowerbird.review.sheet.tiles import Tile, TilePainter

_WIDTH: Final = 1600
_MARGIN: Final = 56
_INNER: Final = _WIDTH - 2 * _MARGIN
_TOP: Final = 48
_MOST_REASONS: Final = 10
_CHART_HEIGHT: Final = 400
_CHART_DPI: Final = 150

_NOTE: Final = Ink(18, DARK.faint)
_REASON: Final = Ink(16, DARK.ink)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Places tiles in at most `rows` rows of `columns`, `gap` pixels apart."""

    columns: int
    rows: int
    gap: int

    @property
    def most(self) -> int:
        return self.columns * self.rows

    @property
    def cell(self) -> int:
        return (_INNER - (self.columns - 1) * self.gap) // self.columns


_KEPT: Final = _Grid(columns=5, rows=6, gap=20)
_REJECTED: Final = _Grid(columns=8, rows=5, gap=14)


def draw_poster(run: Run, histogram: Histogram | None, store: ObjectStore, title: str) -> Image.Image:
    """Draw header, histogram, kept and rejected pictures with scores and reasons; 1600 pixels wide, RGB."""
    kept = [Tile(card, load_thumb(store, card)) for card in run.kept[: _KEPT.most]]
    rejected = _rejected(run, store)
    # The drawing goes on a sheet that is long enough; the sheet is then cut where the drawing ends.
    poster = Image.new("RGB", (_WIDTH, 6000), DARK.paper)
    pen, gauges = ImageDraw.Draw(poster), Gauges.of(run.cards)
    top = max(_header(pen, run, title), _reasons(pen, run)) + 36
    if histogram:
        inches = _INNER / _CHART_DPI, _CHART_HEIGHT / _CHART_DPI
        chart = histogram.draw(DARK, inches=inches, image_format="png", dpi=_CHART_DPI)
        with Image.open(io.BytesIO(chart)) as drawn:
            poster.paste(drawn.convert("RGB"), (_MARGIN, top))
        top += _CHART_HEIGHT + 40
    top = _heading(pen, "Kept", _shown(len(kept), len(run.kept), "best first"), DARK.kept, top)
    top = _tiles(TilePainter(poster, gauges, _KEPT.cell), kept, _KEPT, top)
    if rejected:
        standing = sum(1 if tile.count is None else tile.count for tile in rejected)
        note = _shown(standing, run.rejected, "closest calls first")
        top = _heading(pen, "Rejected", note, DARK.rejected, top + 16)
        top = _tiles(TilePainter(poster, gauges, _REJECTED.cell), rejected, _REJECTED, top)
    return poster.crop((0, 0, _WIDTH, top + 20))


def _rejected(run: Run, store: ObjectStore) -> list[Tile]:
    """Give each group a fair share of tiles, in the groups' order; one tile for a group without pictures."""
    turns = zip_longest(*(_group(group, store) for group in run.groups))
    chosen = [tile for tile in chain.from_iterable(turns) if tile][: _REJECTED.most]
    order = {group.reason: place for place, group in enumerate(run.groups)}
    # Pictures before the tiles that only count.
    return sorted(chosen, key=lambda tile: (tile.thumb is None, order[tile.card.reason]))


def _group(group: Group, store: ObjectStore) -> list[Tile]:
    tiles = [Tile(card, load_thumb(store, card)) for card in group.cards[: _REJECTED.most]]
    pictured = [tile for tile in tiles if tile.thumb]
    return pictured or [Tile(group.cards[0], None, len(group.cards))]


def _shown(tiles: int, total: int, order: str) -> str:
    return f"{total:,}, {order}" if tiles >= total else f"{total:,}, {order}; {total - tiles:,} not shown"


def _header(pen: ImageDraw.ImageDraw, run: Run, title: str) -> int:
    write(pen, (_MARGIN, _TOP), "Bowerbird", Ink(22, DARK.kept, bold=True), 600)
    write(pen, (_MARGIN, _TOP + 34), title, Ink(44, DARK.ink, bold=True), 700)
    days = " to ".join(dict.fromkeys((run.days[0], run.days[-1]))) if run.days else ""
    about = " · ".join(filter(None, (days, *(f"bundle {name}" for name in run.bundles[:2]))))
    write(pen, (_MARGIN, _TOP + 96), about, _NOTE, 700)
    left = _MARGIN
    for count, name, colour in (
        (len(run.cards), "seen", DARK.ink),
        (len(run.kept), "kept", DARK.kept),
        (run.rejected, "rejected", DARK.rejected),
    ):
        width = write(pen, (left, _TOP + 138), f"{count:,}", Ink(56, colour, bold=True), 300)
        write(pen, (left, _TOP + 204), name, _NOTE, 200)
        left += max(width, 80) + 56
    return _TOP + 230


def _reasons(pen: ImageDraw.ImageDraw, run: Run) -> int:
    """Draw every reason as a bar, right of the header."""
    left, right, top = _MARGIN + 760, _WIDTH - _MARGIN, _TOP + 6
    most = max((len(group.cards) for group in run.groups), default=1)
    for group in run.groups[:_MOST_REASONS]:
        taken = write(pen, (left, top), group.reason, _REASON, 200)
        write(
            pen,
            (left + taken + 8, top + 2),
            ", ".join(map(called, group.stages)),
            Ink(14, DARK.faint),
            270 - taken,
        )
        end = left + 290 + max(4, len(group.cards) * (right - left - 360) // most)
        pen.rounded_rectangle((left + 290, top + 5, end, top + 15), 3, fill=DARK.rejected)
        write(pen, (right - 56, top), f"{len(group.cards):,}", _REASON, 56)
        top += 27
    if len(run.groups) > _MOST_REASONS:
        write(pen, (left, top), f"and {len(run.groups) - _MOST_REASONS} more reasons", _NOTE, 400)
        top += 27
    return top


def _heading(pen: ImageDraw.ImageDraw, text: str, note: str, colour: str, top: int) -> int:
    width = write(pen, (_MARGIN, top), text, Ink(28, colour, bold=True), 600)
    write(pen, (_MARGIN + width + 16, top + 9), note, _NOTE, 1000)
    pen.line((_MARGIN, top + 46, _WIDTH - _MARGIN, top + 46), fill=DARK.line)
    return top + 64


def _tiles(painter: TilePainter, tiles: Sequence[Tile], grid: _Grid, top: int) -> int:
    row = 0
    for place, tile in enumerate(tiles):
        row, column = divmod(place, grid.columns)
        left = _MARGIN + column * (grid.cell + grid.gap)
        painter.draw(tile, left, top + row * (painter.height + grid.gap))
    return top + (row + 1) * (painter.height + grid.gap) if tiles else top
