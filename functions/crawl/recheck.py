"""What its author or a moderator has removed since goes from the collection too.

Reddit's terms ask for it within 48 hours: https://redditinc.com/policies/data-api-terms. A tombstone stays,
and the ledger's decision, so that the picture is not fetched again.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol, runtime_checkable

from bowerbird.keys import thumb_key, tombstone_key
from bowerbird.ports import ObjectStore
from functions.crawl import untrusted
from functions.crawl.post import Post

# The most ids one request takes: https://www.reddit.com/dev/api#GET_api_info
_BATCH: Final = 100

# Reddit's sources name a post alike, so each can look up what another one found.
_FULLNAME: Final = "t3_"

_LOG: Final = logging.getLogger(__name__)


@runtime_checkable
class Lookup(Protocol):
    """A source that can be asked for posts by id."""

    def by_id(self, ids: Sequence[str]) -> Iterator[Post]:
        """Yield those of these posts that exist; at most one request for each hundred."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept picture, as its sidecar tells; `sidecar` and `image` are keys."""

    candidate: str
    submission: str
    decided_at: datetime
    sidecar: str
    image: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a recheck found: pictures still shown, purged by reason, and those nobody could tell about."""

    shown: int = 0
    unanswered: int = 0
    not_asked: int = 0
    purged: dict[str, int] = field(default_factory=dict)


def recheck(
    store: ObjectStore,
    source: Lookup,
    *,
    now: datetime,
    since: datetime | None = None,
    dry_run: bool = False,
) -> Recheck:
    """Look up the submissions of kept pictures (decided after `since`, or all), and purge what is gone.

    A post that is missing from an answer with others in it is gone. An answer with none in it proves nothing.

    Raises:
        SourceBlockedError, SourceUnreachableError: the source could not be asked; what was purged stays so.
    """
    asked: dict[str, list[Kept]] = {}
    not_asked = shown = unanswered = 0
    for kept in kept_pictures(store):
        if since and kept.decided_at < since:
            continue
        if kept.submission.startswith(_FULLNAME):
            asked.setdefault(kept.submission, []).append(kept)
        else:
            not_asked += 1
    purged: Counter[str] = Counter()
    ids = sorted(asked)
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        answers = {post.submission.id: post for post in source.by_id(batch)}
        for submission in batch:
            pictures = asked[submission]
            reason = _gone(answers.get(submission))
            if not answers:
                unanswered += len(pictures)
            elif reason is None:
                shown += len(pictures)
            else:
                purged[reason] += len(pictures)
                for kept in pictures if not dry_run else ():
                    purge(store, kept, reason, now)
    return Recheck(shown, unanswered, not_asked, dict(purged))


def kept_pictures(store: ObjectStore) -> Iterator[Kept]:
    """Every survivor of a place; a sidecar that cannot be read is named and left alone."""
    for key in store.keys("images/"):
        if not key.endswith(".json"):
            continue
        try:
            sidecar = untrusted.mapping(json.loads(store.get(key) or b""))
            decision: dict[str, Any] = sidecar["decision"]
            yield Kept(
                candidate=str(decision["candidate"]),
                submission=str(decision["submission"]["id"]),
                decided_at=datetime.fromisoformat(decision["decided_at"]).astimezone(UTC),
                sidecar=key,
                image=str(decision["image"]),
            )
        except (ValueError, KeyError, TypeError):
            _LOG.warning("%s: not rechecked, for it is no sidecar", key)


def purge(store: ObjectStore, kept: Kept, reason: str, now: datetime) -> None:
    """Remove a picture and what was made of it; the sidecar last, so that a broken purge is done again."""
    stone = {
        "candidate": kept.candidate,
        "submission": kept.submission,
        "reason": reason,
        "purged_at": now.isoformat(timespec="seconds"),
    }
    data = json.dumps(stone, sort_keys=True).encode()
    store.put(tombstone_key(kept.candidate), data, content_type="application/json")
    for key in (kept.image, thumb_key(kept.candidate), kept.sidecar):
        store.delete(key)


def _gone(post: Post | None) -> str | None:
    return "missing" if post is None else post.removed
