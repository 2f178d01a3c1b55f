"""Purges kept pictures whose posts were removed later, by the author or by a moderator.

Reddit's terms ask for this within 48 hours: https://redditinc.com/policies/data-api-terms. Two things stay: a
tombstone and the ledger's decision. They stop Bowerbird from fetching the picture again, and say only which
post it was.
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

from bowerbird.core import stream_sample, untrusted
from bowerbird.core.errors import SourceUnreachableError
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import replaced_key, thumb_key, tombstone_key
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.post import Lookup, Post
from bowerbird.removal.redaction import redact_lines

# The most ids one request takes: https://www.reddit.com/dev/api#GET_api_info
_BATCH: Final = 100

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept picture, read from its sidecar.

    `sidecar` and `image` are keys. `author` is None when the sidecar does not name one.
    """

    candidate: str
    source: str
    submission: str
    decided_at: datetime
    sidecar: str
    image: str
    author: str | None = None


class _Fate(Enum):
    """Tells whether the source shows a post or did not answer, when the post is not known to be removed."""

    SHOWN = auto()
    UNANSWERED = auto()


@dataclass(frozen=True, slots=True)
class Recheck:
    """Counts the pictures that a recheck found.

    `shown` pictures are still there, and `purged` counts those that are gone, by reason. For `unanswered`
    ones the source could not tell. `not_asked` pictures are of other sources. `forgotten` posts are gone and
    were in the sample of the stream.
    """

    shown: int = 0
    unanswered: int = 0
    not_asked: int = 0
    purged: dict[str, int] = field(default_factory=dict)
    forgotten: int = 0


def recheck(  # noqa: PLR0913 - one choice each, and four have a default
    store: ObjectStore,
    source: Lookup,
    *,
    now: datetime,
    since: datetime | None = None,
    dry_run: bool = False,
    ledger: Ledger | None = None,
    on_asked: Callable[[int, int], None] = lambda _asked, _of: None,
) -> Recheck:
    """Look up the submissions of kept pictures and purge the pictures whose posts are gone.

    With `since`, it looks up only pictures decided from then on; without, all of them. A post is gone when an
    authoritative source leaves it out of an answer that holds other posts. An empty answer proves nothing.
    Neither does a post that an archive leaves out. The recheck also redacts the purged posts in the decision
    lines, and in the `ledger` when there is one.

    Of the sample of the stream, it looks up all posts, after those of the pictures. `on_asked` hears how many
    of the pictures' posts have been looked up, and how many there are.

    Raises:
        SourceBlockedError, SourceUnreachableError: the source could not be asked. What was purged before
            stays purged.
    """
    asked, not_asked = _to_ask(store, source, since)
    shown = unanswered = 0
    purged: Counter[str] = Counter()
    ids = sorted(asked)
    for start in range(0, len(ids), _BATCH):
        gone: list[tuple[Kept, str]] = []
        for submission, fate in _fates(source, ids[start : start + _BATCH]):
            pictures = asked[submission]
            if isinstance(fate, str):
                purged[fate] += len(pictures)
                gone += [(kept, fate) for kept in pictures]
            elif fate is _Fate.SHOWN:
                shown += len(pictures)
            else:
                unanswered += len(pictures)
        if not dry_run:
            purge_all(store, gone, now, ledger)
        on_asked(min(start + _BATCH, len(ids)), len(ids))
    forgotten = _forget(store, source, asked, dry_run=dry_run)
    return Recheck(shown, unanswered, not_asked, dict(purged), forgotten)


def _forget(store: ObjectStore, source: Lookup, asked: Collection[str], *, dry_run: bool) -> int:
    """Take posts that are gone out of the sample of the stream; returns how many.

    A source that is asked for one post at a time may not have the budget for all of them. The next recheck
    begins elsewhere.
    """
    sampled: dict[str, list[str]] = {}
    for name, submission in stream_sample.posts(store):
        if submission not in asked and source.finds(name, submission):
            sampled.setdefault(submission, []).append(name)
    ids, forgotten = list(sampled), 0
    random.shuffle(ids)
    for start in range(0, len(ids), _BATCH):
        try:
            gone = [
                post for post, fate in _fates(source, ids[start : start + _BATCH]) if isinstance(fate, str)
            ]
        except SourceUnreachableError as error:
            _LOG.info("not every post of the sample was asked for: %s", error)
            break
        forgotten += len(gone)
        for name in {name for post in gone for name in sampled[post]} if not dry_run else ():
            stream_sample.forget(store, name, gone)
    return forgotten


def _to_ask(store: ObjectStore, source: Lookup, since: datetime | None) -> tuple[dict[str, list[Kept]], int]:
    """Group kept pictures by submission, and count those of other sources."""
    asked: dict[str, list[Kept]] = {}
    not_asked = 0
    for kept in kept_pictures(store):
        if since and kept.decided_at < since:
            continue
        if source.finds(kept.source, kept.submission):
            asked.setdefault(kept.submission, []).append(kept)
        else:
            not_asked += 1
    return asked, not_asked


def _fates(source: Lookup, batch: Sequence[str]) -> Iterator[tuple[str, str | _Fate]]:
    """Ask about submissions. Yields each with the reason why it is gone, or with its fate if it is not."""
    answers = {post.submission.id: post for post in source.by_id(batch)}
    # A post that cannot be read may be any of the posts that seem to be missing.
    unsure = any(post.unreadable for post in answers.values())
    proves = bool(answers) and source.authoritative and not unsure
    for submission in batch:
        post = answers.get(submission)
        if post is None:
            yield submission, "missing" if proves else _Fate.UNANSWERED
        elif post.unreadable:
            yield submission, _Fate.UNANSWERED
        else:
            yield submission, _no_longer_wanted(post) or _Fate.SHOWN


def _no_longer_wanted(post: Post) -> str | None:
    """Say why a post is gone or would not be read today; None when it is still wanted.

    An author may mark a post after Bowerbird has read it.
    """
    if post.removed is not None:
        return post.removed or "missing"
    if post.over_18:
        return "over-18"
    return "signed-in-only" if post.signed_in_only else None


def kept_pictures(store: ObjectStore) -> Iterator[Kept]:
    """Read every survivor of a place. A sidecar that cannot be read is named in the log and left alone."""
    yield from (kept for key in sidecars(store) if (kept := kept_picture(store, key)))


def sidecars(store: ObjectStore) -> Iterator[str]:
    """List the keys of all sidecars of a place."""
    return (key for key in store.keys("images/") if key.endswith(".json"))


def kept_picture(store: ObjectStore, key: str) -> Kept | None:
    """Read the survivor whose sidecar lies at a key. A bad sidecar is named in the log and gives None."""
    try:
        sidecar = untrusted.mapping(parsed(store.get(key) or b""))
        decision: dict[str, Any] = sidecar["decision"]
        return Kept(
            candidate=str(decision["candidate"]),
            source=str(decision["submission"].get("source")),
            submission=str(decision["submission"]["id"]),
            decided_at=datetime.fromisoformat(decision["decided_at"]).astimezone(UTC),
            sidecar=key,
            image=str(decision["image"]),
            author=untrusted.text(decision["submission"].get("author")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        _LOG.warning("%s: not rechecked, for it is no sidecar", key)
        return None


def purge_all(
    store: ObjectStore, gone: Sequence[tuple[Kept, str]], now: datetime, ledger: Ledger | None
) -> None:
    """Redact the posts, then purge their pictures.

    The order matters when a recheck breaks off: the next one does again every post that still has a sidecar.
    """
    days = {kept.decided_at.date().isoformat() for kept, _ in gone}
    for candidate in redact_lines(store, days, {kept.submission for kept, _ in gone}):
        if ledger:
            ledger.redact(candidate)
    for source in {kept.source for kept, _ in gone}:
        stream_sample.forget(store, source, {kept.submission for kept, _ in gone if kept.source == source})
    for kept, reason in gone:
        purge(store, kept, reason, now)


def purge(store: ObjectStore, kept: Kept, reason: str, now: datetime, *, small: bool = True) -> None:
    """Remove a picture, wherever it lies, and everything that was made of it; its `small` copy, too.

    The sidecar goes last, so that the next recheck repeats a purge that broke off.
    """
    stone = {
        "candidate": kept.candidate,
        "submission": kept.submission,
        "reason": reason,
        "purged_at": now.isoformat(timespec="seconds"),
    }
    data = json.dumps(stone, sort_keys=True).encode()
    store.put(tombstone_key(kept.candidate), data, content_type="application/json")
    copies = [thumb_key(kept.candidate)] if small else []
    for key in (kept.image, replaced_key(kept.image), *copies, kept.sidecar):
        store.delete(key)
