"""Keeps the decision log: one JSON line a candidate, in files by day under `decisions/`.

The files of a finished day become one compressed file, `all.jsonl.gz` (bowerbird.core.compaction). Lines may
stand in it and, while that is under way, in the file they came from: a reader takes each candidate once.

All code that reads or writes the log goes through here, whether the log lies in a folder or in a bucket.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from bowerbird.core.decisions import Decision, decode_decision, encode_decision
from bowerbird.core.ports import ObjectStore

CONTENT_TYPE: Final = "application/x-ndjson"
PACKED_TYPE: Final = "application/gzip"
_PREFIX: Final = "decisions/day="
_SUFFIX: Final = ".jsonl"
_PACKED: Final = "all.jsonl.gz"


def decisions_key(day: str, part: str) -> str:
    """Return the key of one file of lines; `day` is YYYY-MM-DD, in UTC."""
    return f"{_PREFIX}{day}/{part}{_SUFFIX}"


def log_file(decisions: Iterable[Decision]) -> bytes:
    """Return what one file holds."""
    return "".join(encode_decision(decision) + "\n" for decision in decisions).encode()


def packed_key(day: str) -> str:
    """Return the key of a finished day's compressed file."""
    return f"{_PREFIX}{day}/{_PACKED}"


def is_packed(key: str) -> bool:
    """Whether this is the key of a compressed file."""
    return key.endswith(f"/{_PACKED}")


def log_keys(store: ObjectStore, day: str | None = None) -> Iterator[str]:
    """Return the keys of the files of one day (YYYY-MM-DD) or of all, in their order."""
    prefix = f"{_PREFIX}{day}/" if day else _PREFIX
    return (key for key in store.keys(prefix) if key.endswith(_SUFFIX) or is_packed(key))


def day_of(key: str) -> str:
    """Return the day of a file, as YYYY-MM-DD."""
    return key.removeprefix(_PREFIX).partition("/")[0]


def days(store: ObjectStore) -> set[str]:
    """Return the days that have decisions, as YYYY-MM-DD."""
    return {day_of(key) for key in log_keys(store)}


def file_lines(key: str, data: bytes) -> Iterator[str | None]:
    """Yield the lines of a file, plain or compressed; None where a compressed file breaks off."""
    if not is_packed(key):
        yield from split_lines(data)
        return
    line = b""
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            for line in packed:
                yield line.decode(errors="replace").removesuffix("\n")
        if line.endswith(b"\n"):
            yield ""  # as splitting a plain file does
    except (OSError, EOFError, zlib.error):
        yield None


def file_of(key: str, lines: Iterable[str]) -> bytes:
    """Return what a file with these lines holds, plain or compressed. The same lines give the same bytes."""
    data = "\n".join(lines).encode()
    return gzip.compress(data, mtime=0) if is_packed(key) else data


def split_lines(data: bytes) -> list[str]:
    """Split a file into lines; not by splitlines(), as U+2028 and friends stand unescaped inside JSON."""
    return data.decode(errors="replace").split("\n")


def decode_line(line: Any) -> Decision | None:
    """Read one line as a decision; None when somebody, or a disk, damaged it."""
    try:
        return decode_decision(line)
    except (ValueError, TypeError):
        return None


def each_line(store: ObjectStore, day: str | None = None) -> Iterator[Decision | None]:
    """Yield every line of one day (YYYY-MM-DD) or of all, in the order of writing; None for a damaged one."""
    for each, keys in groupby(log_keys(store, day), day_of):
        yield from _day_lines(store, each, list(keys))


def _day_lines(store: ObjectStore, day: str, keys: list[str]) -> Iterator[Decision | None]:
    """Yield the lines of a day, each candidate once, also while a compaction moves them."""
    seen: set[str] = set()
    read: set[str] = set()
    while keys:
        # The compressed file holds what is older.
        for key in sorted(keys, key=is_packed, reverse=True):
            data = store.get(key)
            read.add(key)
            for line in file_lines(key, data or b""):
                if line is not None and not line.strip():
                    continue
                decision = decode_line(line)
                if decision is None or decision.candidate not in seen:
                    seen.update(() if decision is None else (decision.candidate,))
                    yield decision
            if data is None:  # its lines stand in the compressed file now
                read.discard(packed_key(day))
                keys = [each for each in log_keys(store, day) if each not in read]
                break
        else:
            return


@dataclass(slots=True)
class DecisionLog:
    """The decisions of a place; `unreadable` counts the damaged lines that reading came across."""

    store: ObjectStore
    unreadable: int = field(default=0, init=False)

    def read(self, day: str | None = None) -> Iterator[Decision]:
        """Yield the decisions of one day (YYYY-MM-DD) or of all, in the order of writing."""
        for decision in each_line(self.store, day):
            if decision is None:
                self.unreadable += 1
            else:
                yield decision
