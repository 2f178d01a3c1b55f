"""Makes the report as one HTML file without scripts, network access or further files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bowerbird.core.wording import said
from bowerbird.core.yields import Yield, Yields
from bowerbird.review.page import render

# The page shows at most this many rows, more than anybody reads. `--json` has them all.
_MOST_ROWS: Final = 40
_MOST_DAYS: Final = 120

_HEADINGS: Final = {"community": "Communities", "author": "Authors", "host": "Hosts"}


def render_page(yields: Yields, title: str, promises: Sequence[str] = ()) -> str:
    """Make the whole page, and escape everything that strangers wrote."""
    sections = [
        (heading, yields.by[dimension][:_MOST_ROWS], len(yields.by[dimension]))
        for dimension, heading in _HEADINGS.items()
    ]
    days = yields.by["day"][-_MOST_DAYS:]
    return render(
        "report/yields",
        title=title,
        yields=yields,
        promises=promises,
        sections=sections,
        days=days,
        busiest=max((day.seen for day in days), default=1),
        reasons=reasons,
    )


def reasons(row: Yield, most: int = 3) -> str:
    """Say a row's most frequent reasons in words."""
    first = [f"{count:,} {said(word)}" for word, count in list(row.rejected.items())[:most]]
    rest = sum(list(row.rejected.values())[most:])
    return ", ".join([*first, f"{rest:,} other"] if rest else first)
