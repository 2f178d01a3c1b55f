"""Finds the communities worth a closer look: those that give more keeps than the place as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from bowerbird.core.decisions import Decision
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import digest
from bowerbird.core.ports import ObjectStore
from bowerbird.core.yields import read_yields
from bowerbird.crawl.sources import families

_LAST_DAYS: Final = 30
# A crawl that is narrowed to some communities finds its own among these.
_REMEMBERED: Final = 100


def best_communities(
    store: ObjectStore, source: str, among: Collection[str] = (), most: int = 5, *, last: int | None = None
) -> tuple[str, ...]:
    """The communities of a source's family whose floor lies above the kept part of all, the best first.

    `source` is its SPEC. `among` leaves out all communities but these; upper and lower case are the same.
    `last` counts only so many days, the last that have decisions.
    """
    family = _family(source)

    def is_of(decision: Decision) -> bool:
        told = decision.submission
        return _family(str(told.get("source"))) == family and isinstance(told.get("community"), str)

    yields = read_yields(store, last=last, of=is_of)
    better = (row.name for row in yields.by["community"] if row.floor > yields.total.share)
    return _narrowed(better, among, most)


def remember_best(store: ObjectStore, source: str) -> tuple[str, ...]:
    """Find the best communities of the last month and write them down, for whoever may not read so much.

    Counting a million decisions takes about a minute, and a crawl in the cloud has two.
    """
    found = best_communities(store, source, most=_REMEMBERED, last=_LAST_DAYS)
    store.put(_key(source), json.dumps({"best": found}).encode(), content_type="application/json")
    return found


def remembered_best(
    store: ObjectStore, source: str, among: Collection[str] = (), most: int = 5
) -> tuple[str, ...]:
    """What `remember_best` wrote down last; none when there is nothing, or nothing that can be read."""
    try:
        found = parsed(store.get(_key(source)) or b"null")["best"]
    except (ValueError, TypeError, KeyError):
        return ()
    named = found if isinstance(found, list) else []
    return _narrowed((name for name in named if isinstance(name, str)), among, most)


def _narrowed(names: Iterable[str], among: Collection[str], most: int) -> tuple[str, ...]:
    allowed = {name.casefold() for name in among}
    return tuple(name for name in names if not allowed or name.casefold() in allowed)[:most]


def _key(source: str) -> str:
    return f"cursors/best-{digest(source)}.json"


def _family(source: str) -> str:
    name = source.partition(":")[0]
    return families().get(name, name)
