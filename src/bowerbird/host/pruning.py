"""Makes room: which kept pictures go when a place holds too much, for too long, or what nobody loves.

What the owner labelled *keep* stays. A picture that goes leaves its decision, and a tombstone that says
why. So it is not mined again. What was delivered stays where it went; what waits to be delivered stays here
until it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bowerbird.adapters.terminal.counting import Advance
from bowerbird.core import untrusted
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import replaced_key
from bowerbird.core.labels import read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.filter.replaced import Replaced, Waiting
from bowerbird.removal.bounds import Bounds
from bowerbird.removal.recheck import Kept, kept_picture, purge, sidecars

# A picture whose percentile is not known is as good as the middle.
_MIDDLE: Final = 50.0


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept picture, its size in bytes, how well it matches, and the owner's word on it (None: none)."""

    kept: Kept
    size: int
    percentile: float | None
    word: bool | None
    waits_for_delivery: bool = False

    @property
    def may_go(self) -> bool:
        """Tell whether it may be removed at all."""
        return self.word is not True and not self.waits_for_delivery


@dataclass(frozen=True, slots=True)
class Pruning:
    """What goes, each with the reason, and what a place held before. `safe` counts what would have gone."""

    gone: Sequence[tuple[Stored, str]]
    replaced: Sequence[Waiting]
    pictures: int
    bytes: int
    safe: int = 0

    @property
    def freed(self) -> int:
        """How many bytes become free."""
        return sum(each.size for each, _ in self.gone) + sum(each.size for each in self.replaced)


def _nobody(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


def plan(store: ObjectStore, bounds: Bounds, now: datetime, advance: Advance = _nobody) -> Pruning:
    """Say what has to go. It removes nothing; `advance` hears how many pictures were looked at.

    Raises:
        InvalidMessageError: a label cannot be read; without it, nobody knows what the owner wants to keep.
    """
    stored, waiting = [], list(Replaced(store).waiting())
    for each in _stored(store):
        stored.append(each)
        advance(len(stored), 0)
    asked = [(each, why) for each in stored if (why := _too_old_or_poor(each, bounds, now))]
    gone = [(each, why) for each, why in asked if each.may_go]
    total = sum(each.size for each in stored) + sum(each.size for each in waiting)
    left = total - sum(each.size for each, _ in gone)
    replaced: list[Waiting] = []
    safe = len(asked) - len(gone)
    if bounds.max_bytes is not None and left > bounds.max_bytes:
        for old in sorted(waiting, key=lambda each: (each.since is not None, each.since)):
            if left > bounds.max_bytes:
                replaced.append(old)
                left -= old.size
        going = {id(each) for each, _ in gone}
        rest = [each for each in stored if id(each) not in going]
        for each in sorted(rest, key=_worth):
            if left > bounds.max_bytes and each.may_go:
                gone.append((each, "over the size"))
                left -= each.size
        safe += sum(not each.may_go for each in rest) if left > bounds.max_bytes else 0
    return Pruning(gone, replaced, len(stored), total, safe)


def prune(store: ObjectStore, pruning: Pruning, now: datetime, advance: Advance = _nobody) -> None:
    """Remove what `plan` said. What breaks off in between is planned anew the next time."""
    labelled = _words(store)
    for old in pruning.replaced:
        store.delete(replaced_key(old.image))
    for done, (each, why) in enumerate(pruning.gone):
        advance(done, len(pruning.gone))
        # A labelled picture's small copy is what `train --feedback` learns from.
        purge(store, each.kept, f"pruned: {why}", now, small=each.kept.candidate not in labelled)


def _too_old_or_poor(each: Stored, bounds: Bounds, now: datetime) -> str | None:
    if bounds.max_days is not None and now - each.kept.decided_at > timedelta(days=bounds.max_days):
        return "too old"
    if bounds.min_percentile is not None and each.percentile is not None:
        return "too low" if each.percentile < bounds.min_percentile else None
    return None


def _worth(each: Stored) -> tuple[bool, float, datetime]:
    """What goes first comes first: rejects, then what matches least, then the oldest."""
    percentile = _MIDDLE if each.percentile is None else each.percentile
    return each.word is not False, percentile, each.kept.decided_at


def _stored(store: ObjectStore) -> Iterator[Stored]:
    words = _words(store)
    for key in sidecars(store):
        kept = kept_picture(store, key)
        if kept is None or not store.exists(kept.image):
            continue
        told = untrusted.mapping(parsed(store.get(key) or b"{}"))
        facts = untrusted.mapping(untrusted.mapping(told.get("decision")).get("facts"))
        size = untrusted.number(facts.get("bytes"))
        yield Stored(
            kept,
            len(store.get(kept.image) or b"") if size is None else int(size),
            untrusted.number(facts.get("novelty_percentile")),
            words.get(kept.candidate),
            _waits(untrusted.mapping(told.get("deliveries"))),
        )


def _words(store: ObjectStore) -> Mapping[str, bool]:
    return {label.candidate: label.keep for label in read_labels(store)}


def _waits(deliveries: Mapping[str, Any]) -> bool:
    """Tell whether a delivery was begun that has not ended."""
    return any("state" not in untrusted.mapping(each) for each in deliveries.values())
