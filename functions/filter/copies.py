"""Copies of one picture: the better one stays.

Two candidates may hold copies of one picture at the same time, in two processes, and either may die at any
point. The index decides: whoever enters it second sees the first. A worse copy withdraws. A better one takes
the worse one's place: out of the index first, then its image is deleted. Whoever stores an image looks
afterwards whether it is still in the index; so whichever way the two interleave, the worse image goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bowerbird.keys import sidecar_key
from bowerbird.likeness import Likeness
from bowerbird.ports import Ledger, Likenesses, ObjectStore

# Less sharpness than this part of the other's is blur or upscaling. Of 45 photographs, copies enlarged
# fourfold had at most 0.59 of the sharpness of what they were made from, honest halves at least 0.78 (JPEG
# quality 85). Those enlarged twofold had 0.68 to 0.95, too near to honest ones to tell.
_BLURRED: Final = 0.66
_CLEARLY: Final = 1.1


@dataclass(frozen=True, slots=True)
class Copies:
    """Decides between copies and takes the worse ones away."""

    index: Likenesses
    store: ObjectStore
    ledger: Ledger

    def reason(self, likeness: Likeness) -> str | None:
        """Why this copy is not wanted, or None; enters nothing."""
        return _reason(likeness, self._living(self.index.near(likeness)))

    def enter(self, likeness: Likeness) -> str | list[str]:
        """Enter a copy; answers why it is not wanted, or the keys of the worse ones it replaces."""
        others = self._living(self.index.enter(likeness))
        reason = _reason(likeness, others)
        if reason is None:
            return [other.image for other in others]
        self.index.remove(likeness.image)
        return reason

    def replace(self, worse: Iterable[str], better: str) -> None:
        """Take worse copies away, once the better one is stored. Doing it twice does no harm."""
        for key in worse:
            self.index.remove(key)
            self._note(key, better)
            self.store.delete(key)

    def _living(self, found: Sequence[Likeness]) -> list[Likeness]:
        """Without those whose picture was removed since, by a recheck or by hand."""
        living = []
        for each in found:
            if self.store.exists(each.image) or self.ledger.decided(each.candidate) is None:
                living.append(each)
            else:
                self.index.remove(each.image)
        return living

    def _note(self, key: str, better: str) -> None:
        """The sidecar stays, and says where the picture went: it also knows whether it was delivered."""
        while (found := self.store.get_versioned(sidecar_key(key))) is not None:
            sidecar = json.loads(found[0]) | {"replaced_by": better}
            text = json.dumps(sidecar, ensure_ascii=False, indent=1, sort_keys=True)
            if self.store.replace(
                sidecar_key(key), text.encode(), content_type="application/json", version=found[1]
            ):
                return


def better(one: Likeness, other: Likeness) -> bool:
    """Whether one copy is clearly better: not blurred, then more pixels, then less compressed."""
    if one.sharpness < _BLURRED * other.sharpness:
        return False
    if other.sharpness < _BLURRED * one.sharpness:
        return True
    if max(one.pixels, other.pixels) > _CLEARLY * min(one.pixels, other.pixels):
        return one.pixels > other.pixels
    return one.weight / one.pixels > _CLEARLY * other.weight / other.pixels


def _reason(likeness: Likeness, others: Sequence[Likeness]) -> str | None:
    for other in others:
        if not better(likeness, other):
            return f"near-duplicate: no better than {other.image} of {other.candidate}"
    return None
