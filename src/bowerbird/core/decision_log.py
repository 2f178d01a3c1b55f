"""Keeps the decision log: one JSON line a candidate, in files by day under `decisions/`.

All code that reads or writes the log goes through here, whether the log lies in a folder or in a bucket.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from bowerbird.core.decisions import Decision, decode_decision, encode_decision
from bowerbird.core.ports import ObjectStore

CONTENT_TYPE: Final = "application/x-ndjson"
_PREFIX: Final = "decisions/day="
_SUFFIX: Final = ".jsonl"


def decisions_key(day: str, part: str) -> str:
    """Return the key of one file of lines; `day` is YYYY-MM-DD, in UTC."""
    return f"{_PREFIX}{day}/{part}{_SUFFIX}"


def log_file(decisions: Iterable[Decision]) -> bytes:
    """Return what one file holds."""
    return "".join(encode_decision(decision) + "\n" for decision in decisions).encode()


def log_keys(store: ObjectStore, day: str | None = None) -> Iterator[str]:
    """Return the keys of the files of one day (YYYY-MM-DD) or of all, in their order."""
    prefix = f"{_PREFIX}{day}/" if day else _PREFIX
    return (key for key in store.keys(prefix) if key.endswith(_SUFFIX))


def days(store: ObjectStore) -> set[str]:
    """Return the days that have decisions, as YYYY-MM-DD."""
    return {key.removeprefix(_PREFIX).partition("/")[0] for key in log_keys(store)}


def split_lines(data: bytes) -> list[str]:
    """Split a file into lines; not by splitlines(), as U+2028 and friends stand unescaped inside JSON."""
    return data.decode(errors="replace").split("\n")


def decode_line(line: Any) -> Decision | None:
    """Read one line as a decision; None when somebody, or a disk, damaged it."""
    try:
        decision = decode_decision(line)
    except (ValueError, TypeError, RecursionError):
        return None
    well_formed = isinstance(decision.candidate, str) and all(
        isinstance(each, dict) for each in (decision.scores, decision.facts, decision.submission)
    )
    texts = (decision.stage, decision.bundle, decision.decided_at, decision.image or "")
    return decision if well_formed and all(isinstance(each, str) for each in texts) else None


def each_line(store: ObjectStore, day: str | None = None) -> Iterator[Decision | None]:
    """Yield every line of one day (YYYY-MM-DD) or of all, in the order of writing; None for a damaged one."""
    for key in log_keys(store, day):
        yield from (decode_line(line) for line in split_lines(store.get(key) or b"") if line.strip())


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
