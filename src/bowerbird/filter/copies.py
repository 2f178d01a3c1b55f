"""Copies of one picture: the better copy stays, and the worse one can come back.

Two processes may hold copies of one picture at the same time, and either may die at any point. The index
decides. Whoever enters a copy second sees the first one, and waits until that one is stored, because the
files themselves are compared. A worse copy withdraws. A better copy takes the place of the worse one, which
moves to a place that it can come back from (`bowerbird.filter.replaced`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bowerbird import imaging
from bowerbird.core.errors import PermanentError, RetryableError
from bowerbird.core.keys import sidecar_key
from bowerbird.core.likeness import Likeness, prints
from bowerbird.core.ports import Ledger, Likenesses, ObjectStore
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.contest import SIDE, Entry, Finding, Winner, contest
from bowerbird.filter.evidence import Copy
from bowerbird.filter.replaced import Replaced
from bowerbird.imaging.isolated import Decoder


@dataclass(frozen=True, slots=True)
class Copies:
    """Decides between copies and moves the worse ones away."""

    index: Likenesses
    store: ObjectStore
    ledger: Ledger
    decoder: Decoder = imaging

    def reason(self, copy: Copy, *, last_attempt: bool) -> Reason | None:
        """The reason why this copy is not wanted, or None. Enters nothing in the index.

        Raises:
            RetryableError: another copy is being stored at this moment. The last attempt never raises it.
        """
        judged = self._judge(copy, self.index.near(copy.likeness), last_attempt=last_attempt)
        return judged if isinstance(judged, Reason) else None

    def enter(self, copy: Copy, *, last_attempt: bool) -> Reason | dict[str, str]:
        """Enter a copy in the index, unless it is not wanted.

        Returns the reason why it is not wanted, or the keys of the copies it replaces, each with the reason.

        Raises:
            RetryableError: another copy is being stored at this moment; this one is not entered. The last
                attempt never raises it.
        """
        found = self.index.enter(copy.likeness)
        try:
            judged = self._judge(copy, found, last_attempt=last_attempt)
        except BaseException:
            self.index.remove(copy.likeness.image)
            raise
        if isinstance(judged, Reason):
            self.index.remove(copy.likeness.image)
        return judged

    def replace(self, worse: Mapping[str, str], better: str) -> None:
        """Move worse copies away, once the better one is stored. Doing it twice does no harm."""
        replaced = Replaced(self.store)
        for key, why in worse.items():
            if replaced.take(key, better, why):
                self.index.remove(key)

    def _judge(
        self, copy: Copy, others: Sequence[Likeness], *, last_attempt: bool
    ) -> Reason | dict[str, str]:
        worse = {}
        for other in others:
            if not self._stored(other, copy.likeness.candidate, last_attempt=last_attempt):
                continue
            finding = copy.findings.get(other.image) or self._compare(copy.entry, other.image)
            copy.findings[other.image] = finding
            if finding.winner is Winner.OLD:
                seen = f"no better than {other.image} of {other.candidate}: {finding.why}"
                return Reason(Word.NEAR_DUPLICATE, seen)
            if finding.winner is Winner.NEW:
                worse[other.image] = finding.why
        return worse

    def _stored(self, other: Likeness, candidate: str, *, last_attempt: bool) -> bool:
        """Tell whether the other copy is there to compare. Forgets one that a recheck or a person removed."""
        if self.store.exists(other.image) and self.store.exists(sidecar_key(other.image)):
            return True
        if other.candidate == candidate or self.ledger.knows(other.candidate):
            self.index.remove(other.image)
        elif not last_attempt:
            waits = f"{other.candidate}, a copy, is being stored at this moment"
            raise RetryableError(waits, Word.NEAR_DUPLICATE)
        return False

    def _compare(self, new: Entry, key: str) -> Finding:
        try:
            old = Entry.of(self.store.get(key) or b"", self.decoder)
        except PermanentError as error:
            return Finding(Winner.BOTH, f"{key} cannot be read ({error})")
        return contest(new, old, self.decoder)


def restore(key: str, store: ObjectStore, index: Likenesses, decoder: Decoder) -> bool:
    """Bring a replaced picture back, and enter its likeness again; False when it is gone by now."""
    replaced = Replaced(store)
    candidate = replaced.candidate(key)
    data = replaced.restore(key)
    if data is None or candidate is None:
        return False
    likeness = likeness_of(key, candidate, data, decoder)
    if likeness is not None:  # a picture that cannot be decoded has none, and comes back all the same
        index.enter(likeness)
    return True


def likeness_of(key: str, candidate: str, data: bytes, decoder: Decoder) -> Likeness | None:
    """What a stored picture looks like; None when it cannot be decoded."""
    with suppress(PermanentError):
        return Likeness(key, candidate, *prints(decoder.decode(data, min_side=SIDE)))
    return None
