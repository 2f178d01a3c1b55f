"""A sample of the stream: what the encoder saw of some candidates, all of them equally likely to be in it.

A candidate is in the sample while the hash of its id is among the smallest. So the sample is uniform, it does
not depend on who looked when, and two samples of one stream are joined by putting them together. Nobody has
to agree with anybody: each row is an object of its own, its name begins with that hash, and the sample is the
first names in their order. A second delivery writes the same row again.

Only candidates that reached the encoder are in it. What a rule turned down before (shape, size, a copy of
what is kept) was never looked at. No picture is kept, only the numbers that the encoder gave, 8 bits each.

When rows go because their posts are gone, the next candidates take the free places, so the sample then leans
a little towards what is new.
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bowerbird.core.keys import digest
from bowerbird.core.messages import Submission
from bowerbird.core.ports import ObjectStore

#: A sample has at most this many rows. With lite's 1,472 numbers that is 4 MB.
MOST: Final = 2000

VERSION: Final = 1
_PREFIX: Final = "stream/"
_TYPE: Final = "application/octet-stream"
# Others add rows and take rows away. So we look again after so many candidates.
_LOOK_AGAIN: Final = 1000
# Of hashes in names: 64 bits. Among a million posts, two share them with a chance of one in 40 million.
_SHORT: Final = 16
# A bucket answers in some 20 ms, and a sample is thousands of objects.
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Look:
    """What the encoder saw of one candidate, and what became of it.

    `numbers` are the embedding's, 8 bits each (`bowerbird.models.eight_bits`), `of` the preview where that
    settled it, else of the original. `score` is the match under `bundle` (its label). `day` is YYYY-MM-DD, in
    UTC. `source` and `submission` name the post, so that the row can go when the post goes.
    """

    candidate: str
    source: str
    submission: str
    day: str
    bundle: str
    score: float
    kept: bool
    of: Literal["preview", "original"]
    numbers: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Told:
    """The first line of a row."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    candidate: str
    source: str
    submission: str
    day: str
    bundle: str
    score: float
    kept: bool
    of: Literal["preview", "original"]
    version: Literal[1]


_ADAPTER: Final = TypeAdapter(_Told)


def row_name(candidate_id: str, submission: Submission) -> str:
    """Return the name of a row; it holds nothing but hashes: of candidate, post and author."""
    post = _short(submission.source, submission.id)
    author = _short(submission.source, submission.author) if submission.author else "-"
    return f"{digest(candidate_id)}.{post}.{author}"


class StreamSample:
    """The sample of what one encoder saw, in one store. Threads and processes may offer at once.

    `encoder` is the fingerprint of the encoder: another one sees other numbers, and has a sample of its own.
    """

    def __init__(self, store: ObjectStore, encoder: str, most: int = MOST) -> None:
        self._store, self._most = store, most
        self._folder = _folder(encoder)
        self._lock = Lock()
        self._names: list[str] = []
        self._left = 0

    def offer(self, look: Look, submission: Submission) -> bool:
        """Write a row if its hash is among the smallest; returns whether it is.

        Raises:
            StoreError: the store fails. The sample then misses this candidate.
        """
        name = row_name(look.candidate, submission)
        if not self._wants(name):
            return False
        self._store.put(self._folder + name, encode_look(look), content_type=_TYPE)
        with self._lock:
            insort(self._names, name)
            surplus = self._surplus()
        self._drop(surplus)
        return True

    def _wants(self, name: str) -> bool:
        with self._lock:
            surplus = self._refresh() if self._left == 0 else []
            self._left -= 1
            at = bisect_left(self._names, name)
            known = at < len(self._names) and self._names[at] == name
            wanted = at < self._most and not known
        self._drop(surplus)
        return wanted

    def _refresh(self) -> list[str]:
        self._names = [key.removeprefix(self._folder) for key in self._store.keys(self._folder)]
        self._left = _LOOK_AGAIN
        return self._surplus()

    def _surplus(self) -> list[str]:
        surplus = self._names[self._most :]
        del self._names[self._most :]
        return surplus

    def _drop(self, names: Collection[str]) -> None:
        for name in names:
            self._store.delete(self._folder + name)


def read_sample(store: ObjectStore, encoder: str, most: int = MOST) -> list[Look]:
    """Read the sample of one encoder. A row that cannot be read, or that has just gone, is left out."""
    return [look for look in _read(store, list(store.keys(_folder(encoder)))[:most]) if look]


def posts(store: ObjectStore) -> set[tuple[str, str]]:
    """Return the posts, (source, id), that the samples of all encoders hold something of."""
    return {(look.source, look.submission) for look in _read(store, list(store.keys(_PREFIX))) if look}


def _read(store: ObjectStore, keys: list[str]) -> list[Look | None]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [decode_look(data) for data in pool.map(store.get, keys) if data]


def forget(
    store: ObjectStore, source: str, posts: Collection[str], authors: Collection[str] = frozenset()
) -> int:
    """Remove the rows of these posts and authors of a source; returns how many."""
    keys = list(store.keys(_PREFIX)) if posts or authors else []
    if not keys:
        return 0
    gone = {_short(source, name) for name in (*posts, *authors)}
    rows = [key for key in keys if not gone.isdisjoint(key.split(".")[1:])]
    for key in rows:
        store.delete(key)
    return len(rows)


def encode_look(look: Look) -> bytes:
    """Return what the store holds: a line of JSON, then the numbers."""
    told = {name: value for name, value in asdict(look).items() if name != "numbers"}
    line = json.dumps({"version": VERSION} | told, ensure_ascii=False, sort_keys=True)
    return line.encode(errors="replace") + b"\n" + look.numbers


def decode_look(data: bytes) -> Look | None:
    """Read a row back; None when it is damaged, or of a later version."""
    line, found, numbers = data.partition(b"\n")
    try:
        told = _ADAPTER.validate_json(line)
    except ValidationError:
        return None
    if not found or not numbers:
        return None
    rest = {name: value for name, value in asdict(told).items() if name != "version"}
    return Look(**rest, numbers=numbers)


def _folder(encoder: str) -> str:
    return f"{_PREFIX}{digest(encoder)[:_SHORT]}/"


def _short(*names: str) -> str:
    return digest("\n".join(names))[:_SHORT]
