"""Turns the decision files of finished days into one compressed file a day, and loses no line.

A day's new file is written whole and read back before the files it came from are deleted. Whoever is stopped
in between leaves both, and readers take each candidate once. Files that are added to a day later join it at
the next compaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bowerbird.core.decision_log import (
    PACKED_TYPE,
    day_of,
    decode_line,
    file_lines,
    file_of,
    is_packed,
    log_keys,
    packed_key,
)
from bowerbird.core.decisions import encode_decision, redacted
from bowerbird.core.errors import RetryableError, StoreError
from bowerbird.core.ports import ObjectStore

#: Today and yesterday stay as they are: lines may still come, and people look at them.
RECENT_DAYS: Final = 2

_ATTEMPTS: Final = 5
# A bucket answers in some milliseconds, and a busy day has 17,000 files. boto3 keeps ten connections.
_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class Compacted:
    """A day whose `files` became one; with the bytes before and after."""

    day: str
    files: int
    before: int
    after: int


def finished(day: str, today: date) -> bool:
    """Whether a day (YYYY-MM-DD) is old enough to be compacted."""
    return day <= (today - timedelta(days=RECENT_DAYS)).isoformat()


def compact(store: ObjectStore, today: date) -> Iterator[Compacted]:
    """Compact every finished day that is not one file yet; `today` is in UTC.

    Raises:
        StoreError: a day's compressed file is damaged or cannot be written. Nothing of that day is deleted.
        RetryableError: others kept writing a day, or it did not read back as it was written.
    """
    waiting = {day_of(key) for key in log_keys(store) if not is_packed(key)}
    for day in sorted(day for day in waiting if finished(day, today)):
        yield _compact_day(store, day)


def _compact_day(store: ObjectStore, day: str) -> Compacted:
    target = packed_key(day)
    for _ in range(_ATTEMPTS):
        parts = _read(store, [key for key in log_keys(store, day) if not is_packed(key)])
        there = store.get_versioned(target)
        lines = list(_merged(target, there[0] if there else None, parts))
        data = file_of(target, lines)
        version = there[1] if there else None
        if not store.replace(target, data, content_type=PACKED_TYPE, version=version):
            continue
        if store.get(target) != data:  # it does not read back as it was written, or was redacted at once
            continue
        # Somebody may have taken a purged post out of a part since it was read.
        now = _read(store, parts)
        changed = [key for key, read in parts.items() if now[key] != read]
        _delete(store, parts.keys() - set(changed))
        if not changed:
            before = sum(map(len, parts.values())) + (len(there[0]) if there else 0)
            return Compacted(day, len(parts), before, len(data))
    raise RetryableError(
        f"decisions of {day}: others kept writing them, or they do not read back; nothing was deleted"
    )


def _read(store: ObjectStore, keys: Collection[str]) -> dict[str, bytes]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return {key: data or b"" for key, data in zip(keys, pool.map(store.get, keys), strict=True)}


def _delete(store: ObjectStore, keys: Collection[str]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(store.delete, keys):  # so that an error is heard of
            pass


def _merged(target: str, packed: bytes | None, parts: dict[str, bytes]) -> Iterator[str]:
    """Yield all lines, each candidate once. Of two lines of one candidate, a redacted one counts."""
    found: dict[str, str] = {}
    order: list[str] = []  # candidates, and the lines that nobody can read as they are
    for key, data in [(target, packed or b""), *sorted(parts.items())]:
        for line in file_lines(key, data) if data else ():
            if line is None:
                raise StoreError(f"{target} is damaged; run `bowerbird repair`, which sets it aside")
            if not line.strip():
                continue
            decision = decode_line(line)
            name = line if decision is None else decision.candidate
            if name not in found:
                order.append(name)
                found[name] = line
            elif decision is not None and encode_decision(redacted(decision)) == line:
                found[name] = line
    yield from (found[name] for name in order)
    yield ""  # so that the file ends with a line feed
