"""Purges pictures of posts that a source itself reports as gone. It is `recheck` without asking anybody.

A stream reports every post that is removed anywhere, and Bowerbird kept hardly any of them. So an index
remembers which sidecar belongs to which post, and each sidecar is read for it once.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from bowerbird.core import stream_sample
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import digest
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.post import Removals
from bowerbird.removal.recheck import Kept, kept_picture, purge_all, sidecars

_LOG: Final = logging.getLogger(__name__)

# The index remembers a sidecar of another source by this many characters of its name. That is enough: in a
# million sidecars, the chance that two names share them is below one in a billion.
_SHORT: Final = 18


def purge_removed(
    store: ObjectStore, source: str, removals: Removals, *, now: datetime, ledger: Ledger | None = None
) -> Counter[str]:
    """Purge the kept pictures of these posts and authors of a source; returns how many, by reason.

    A second call with the same removals does nothing. Purged posts are redacted, as `recheck` does it. The
    sample of the stream forgets these posts and authors, too, kept or not.
    """
    purged: Counter[str] = Counter()
    if not removals.posts and not removals.authors:
        return purged
    stream_sample.forget(store, source, removals.posts, removals.authors)
    index = _Index.load(store, source)
    index.update(store)
    gone: list[tuple[Kept, str]] = []
    for key, (post, author) in index.posts.items():
        reason = removals.posts.get(post) or removals.authors.get(author)
        if reason and (kept := kept_picture(store, key)):
            gone.append((kept, reason))
            purged[reason] += 1
    if gone:
        if ledger:
            ledger.flush()  # only what stands in the lines can be found there
        purge_all(store, gone, now, ledger)
        for kept, _ in gone:
            del index.posts[kept.sidecar]
    index.save(store)
    return purged


@dataclass(slots=True)
class _Index:
    """Remembers which sidecar belongs to which post and author of one source, and which to other sources."""

    source: str
    posts: dict[str, tuple[str, str]]
    others: set[str]
    version: str | None

    @classmethod
    def load(cls, store: ObjectStore, source: str) -> Self:
        """Read the index that the last run left. If there is none to read, it starts empty."""
        found = store.get_versioned(_key(source))
        if found is None:
            return cls(source, {}, set(), None)
        try:
            told = parsed(found[0])
            posts = {str(key): (str(post), str(author)) for key, (post, author) in told["posts"].items()}
            return cls(source, posts, {str(each) for each in told["others"]}, found[1])
        except (ValueError, TypeError, KeyError, AttributeError):
            _LOG.warning("%s cannot be read: reading all sidecars anew", _key(source))
            return cls(source, {}, set(), found[1])

    def update(self, store: ObjectStore) -> None:
        """Read the sidecars that are new, and forget those that are gone."""
        keys = set(sidecars(store))
        self.posts = {key: post for key, post in self.posts.items() if key in keys}
        self.others &= {_short(key) for key in keys}
        for key in sorted(keys - self.posts.keys()):
            if _short(key) in self.others:
                continue
            kept = kept_picture(store, key)
            if kept and kept.source == self.source:
                self.posts[key] = (kept.submission, kept.author or "")
            else:
                self.others.add(_short(key))

    def save(self, store: ObjectStore) -> None:
        """Write the index, unless another run wrote it meanwhile: that run knows as much."""
        told = {"posts": self.posts, "others": sorted(self.others)}
        data = json.dumps(told, separators=(",", ":")).encode()
        store.replace(_key(self.source), data, content_type="application/json", version=self.version)


def _key(source: str) -> str:
    return f"cursors/kept-{digest(source)}.json"


def _short(key: str) -> str:
    return key.rpartition("/")[2][:_SHORT]
