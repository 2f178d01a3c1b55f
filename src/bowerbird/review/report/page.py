"""Makes the report as one HTML page without scripts: what was kept of whom, what was turned down and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bowerbird.core.ports import ObjectStore
from bowerbird.core.reasons import Word
from bowerbird.core.wording import said
from bowerbird.core.yields import Yield, Yields
from bowerbird.review.page import ALONE, NO_PICTURES, Around, render
from bowerbird.review.report.examples import Example, Examples
from bowerbird.review.report.promised import what_came
from bowerbird.review.report.unseen import read_unseen
from bowerbird.review.sheet.cards import phrase

# The page shows at most this many rows, more than anybody reads. `--json` has them all.
_MOST_ROWS: Final = 40
_MOST_DAYS: Final = 120
_MOST_COMMUNITIES: Final = 9
_MOST_REASONS: Final = 12

_HEADINGS: Final = {"community": "Communities", "author": "Authors", "host": "Hosts"}


@dataclass(frozen=True, slots=True)
class _Community:
    """A community that something was kept of."""

    row: Yield
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class _Reason:
    """A reason: what it is called, what it means, and examples."""

    called: str
    meaning: str
    count: int
    examples: Sequence[Example]


def render_page(
    yields: Yields,
    title: str,
    promises: Sequence[str] = (),
    examples: Examples | None = None,
    around: Around = ALONE,
) -> str:
    """Make the whole page, and escape what strangers wrote. Without `examples` it has no pictures.

    `promises` are lines of text on what bundles promised.
    """
    sections = [
        (heading, yields.by[dimension][:_MOST_ROWS], len(yields.by[dimension]))
        for dimension, heading in _HEADINGS.items()
    ]
    drawn = yields.by["day"][-_MOST_DAYS:]
    return render(
        "report/yields",
        title=title,
        pictures=examples.places.pictures if examples else NO_PICTURES,
        nav=around.pages,
        yields=yields,
        communities=_communities(yields, examples),
        turned_down=_turned_down(yields, examples),
        promises=promises,
        sections=sections,
        other_days=around.days,
        days=drawn,
        busiest=max((day.seen for day in drawn), default=1),
        reasons=reasons,
    )


def promised(store: ObjectStore, day: str | None) -> list[str]:
    """Say what bundles promised of a place and what came, and what was turned down unseen."""
    lines = [line for came in what_came(store) for line in came.lines]
    return [*lines, *filter(None, [read_unseen(store, day).line()])]


def reasons(row: Yield, most: int = 3) -> str:
    """Say a row's most frequent reasons in words."""
    first = [f"{count:,} {said(word)}" for word, count in list(row.rejected.items())[:most]]
    rest = sum(list(row.rejected.values())[most:])
    return ", ".join([*first, f"{rest:,} other"] if rest else first)


def _communities(yields: Yields, examples: Examples | None) -> list[_Community]:
    rows = [row for row in yields.by["community"] if row.kept][:_MOST_COMMUNITIES]
    return [_Community(row, examples.kept_of(row.name) if examples else ()) for row in rows]


def _turned_down(yields: Yields, examples: Examples | None) -> list[_Reason]:
    first = list(yields.total.rejected.items())[:_MOST_REASONS]
    return [
        _Reason(phrase(word), _meaning(word), count, examples.rejected_for(word) if examples else ())
        for word, count in first
    ]


def _meaning(word: str) -> str:
    try:
        return Word(word).meaning
    except ValueError:  # of another version
        return ""
