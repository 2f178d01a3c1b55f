"""Learns from the stream itself: what a place's encoder saw is what the owner's pictures must stand out from.

Nobody judged the sample, and some of it is good: the owner's pictures are the positives, and the stream is
unlabelled. Half of it becomes the model's background. What the model promises is measured on the other half,
which no model learns from. Which half a candidate belongs to follows from its id, so it is the same for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bowerbird.core.decision_log import DecisionLog, days
from bowerbird.core.decisions import Decision
from bowerbird.core.errors import UsageError
from bowerbird.core.keys import digest
from bowerbird.core.labels import read_labels
from bowerbird.core.ports import ObjectStore
from bowerbird.core.promises import Promise, percent, write_promise
from bowerbird.core.stream_sample import Look, read_sample
from bowerbird.models.background import Background
from bowerbird.models.eight_bits import unpack
from bowerbird.models.manifest import EncoderEntry
from bowerbird.models.novelty import Novelty
from bowerbird.training import promising
from bowerbird.training.promising import Evidence, Labels

Vectors = NDArray[np.float32]

#: With a smaller sample, nobody knows what the stream is like.
FEWEST: Final = 2 * promising.FEWEST_LOOKS

# How many pictures come a day changes with the sources, so only the last days count.
_RECENT_DAYS: Final = 28
# Of the interval of the share that is not wanted: a wider one hardly tells a good bundle from a poor one.
_WIDE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many pictures a day the encoder looked at, on each day that counts.

    Of the `liked` ones, which reached their bundle's threshold, `kept` came through the stages that follow.
    """

    looked: tuple[int, ...]
    liked: int
    kept: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A place's sample: a half to learn from, and the unit vectors (N, D) of the other half to measure on.

    `words` are the owner's, True for keep, by row of `measured`.
    """

    background: Background
    measured: Vectors
    words: dict[int, bool]
    traffic: Traffic

    def __str__(self) -> str:
        """Describe it for a manifest."""
        return self.background.made_of

    def promise(self, novelty: Novelty, bundle: str, liked: Sequence[int] | None = None) -> Promise | str:
        """Say what a model's threshold promises here, or why that cannot be said.

        `liked` says how many pictures reached the threshold, by day, where this model has scored them all.
        """
        good = np.asarray(novelty.reference.get("heldout", np.empty(0)))
        seen, a_day = novelty.score(self.measured), self.traffic.looked if liked is None else liked
        reason = promising.too_little(len(a_day), len(seen), len(good))
        if reason:
            return reason
        daily = promising.counted(a_day)
        if liked is None:
            daily = promising.shared(daily, int((seen >= novelty.threshold).sum()), len(seen))
        daily = promising.shared(daily, self.traffic.kept, self.traffic.liked, seed=5)
        rows = list(self.words)
        labels = Labels(seen[rows], np.array([self.words[row] for row in rows], np.bool_))
        evidence = Evidence(good, seen, labels, daily, len(a_day))
        return promising.promise_at(novelty.threshold, evidence, bundle)


def read(store: ObjectStore, encoder: EncoderEntry, place: str) -> Stream:
    """Read the sample that a place has of this encoder.

    Raises:
        UsageError: the place has none, or too small a one.
    """
    looks = read_sample(store, encoder.fingerprint)
    if len(looks) < FEWEST:
        raise UsageError(
            f"{place}: the sample of its stream holds {len(looks)} pictures that this encoder looked at, of "
            f"{FEWEST} needed; `bowerbird mine` adds to it with a bundle of the same encoder"
        )
    learnt = [look for look in looks if _to_learn_from(look.candidate)]
    rest = [look for look in looks if not _to_learn_from(look.candidate)]
    made_of = f"{len(learnt)} pictures of a stream that {encoder.artifact.file} looked at"
    words = {label.candidate: label.keep for label in read_labels(store)}
    return Stream(
        Background(_vectors(learnt, encoder.dim), _sources(learnt), made_of),
        _vectors(rest, encoder.dim),
        {row: words[look.candidate] for row, look in enumerate(rest) if look.candidate in words},
        traffic(store),
    )


def make_promise(
    stream: Stream, novelty: Novelty, bundle: str, store: ObjectStore, liked: Sequence[int] | None = None
) -> list[str]:
    """Say what a bundle promises of a place's stream, and store it there for `bowerbird report`."""
    promise = stream.promise(novelty, bundle, liked)
    if isinstance(promise, str):
        return [promise]
    basis = f"that rests on {promise.basis}"
    if promise.unwanted.high - promise.unwanted.low > _WIDE:
        unsure = f"how many of them you would not have kept cannot be said ({percent(promise.unwanted)})"
        mend = (
            f"label {promising.FEWEST_LABELS} of the kept pictures (`bowerbird label`), or let `mine` go on"
        )
        return [f"no promise yet: {bundle} would keep {promise.daily}, and {unsure}", f"{basis}; {mend}"]
    write_promise(store, promise)
    return [f"{bundle} promises {promise}", basis]


def traffic(store: ObjectStore) -> Traffic:
    """Count the last days' decisions."""
    log = DecisionLog(store)
    looked: Counter[str] = Counter()
    liked = kept = 0
    for day in recent(days(store)):
        for decision in log.read(day):
            looked[day] += _was_looked_at(decision)
            if decision.scores.get("novelty", -np.inf) >= decision.thresholds.get("novelty", np.inf):
                liked += 1
                kept += decision.keep
    return Traffic(tuple(count for count in looked.values() if count), liked, kept)


def recent(found: Iterable[str]) -> list[str]:
    """Take the last of these days (YYYY-MM-DD); leave out today, which is not over, if others are enough."""
    last = sorted(found)[-_RECENT_DAYS:]
    over = [day for day in last if day < datetime.now(UTC).date().isoformat()]
    return over if len(over) >= promising.FEWEST_DAYS else last


def _was_looked_at(decision: Decision) -> bool:
    return "novelty" in decision.scores or "preview" in decision.scores


def _to_learn_from(candidate_id: str) -> bool:
    return int(digest(candidate_id)[-1], 16) % 2 == 0


def _vectors(looks: list[Look], dim: int) -> Vectors:
    return unpack([look.numbers for look in looks], dim)


def _sources(looks: list[Look]) -> NDArray[np.int64]:
    """Number the posts: pictures of one post are alike, and no measure of what else there is."""
    posts = [f"{look.source}\n{look.submission}" for look in looks]
    return np.unique(posts, return_inverse=True)[1].astype(np.int64)
