"""Finds the communities worth a closer look: those that give more keeps than the place as a whole."""

from __future__ import annotations

from collections.abc import Collection

from bowerbird.core.decisions import Decision
from bowerbird.core.ports import ObjectStore
from bowerbird.core.yields import read_yields
from bowerbird.crawl.sources import families


def best_communities(
    store: ObjectStore, source: str, among: Collection[str] = (), most: int = 5
) -> tuple[str, ...]:
    """The communities of a source's family whose floor lies above the kept part of all, the best first.

    `source` is its SPEC. `among` leaves out all communities but these; upper and lower case are the same.
    """
    family = _family(source)

    def is_of(decision: Decision) -> bool:
        told = decision.submission
        return _family(str(told.get("source"))) == family and isinstance(told.get("community"), str)

    yields = read_yields(store, of=is_of)
    allowed = {name.casefold() for name in among}
    better = (row.name for row in yields.by["community"] if row.floor > yields.total.share)
    return tuple(name for name in better if not allowed or name.casefold() in allowed)[:most]


def _family(source: str) -> str:
    name = source.partition(":")[0]
    return families().get(name, name)
