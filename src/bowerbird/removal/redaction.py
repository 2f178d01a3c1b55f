"""Takes what was said of purged posts (title, author, links) out of the decisions that must stay."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from bowerbird.core.decision_log import (
    CONTENT_TYPE,
    PACKED_TYPE,
    decode_line,
    file_lines,
    file_of,
    is_packed,
    log_keys,
)
from bowerbird.core.decisions import encode_decision, redacted
from bowerbird.core.errors import RetryableError, StoreError
from bowerbird.core.ports import ObjectStore

#: Nobody but another recheck and a compaction rewrite files of lines, so a few attempts are enough.
_ATTEMPTS: Final = 5


def redact_lines(store: ObjectStore, days: Collection[str], submissions: Collection[str]) -> Iterator[str]:
    """Redact the lines of these submissions on these days (YYYY-MM-DD); yields their candidates.

    A compaction may move lines to another file at the same time. So the files are gone through again until
    nothing is found.

    Raises:
        RetryableError: others kept writing a file.
    """
    for day in sorted(days):
        told: set[str] = set()
        for _ in range(_ATTEMPTS):
            found = [_redact_file(store, key, submissions) for key in list(log_keys(store, day))]
            fresh = [name for each in found for name in each.candidates if name not in told]
            told.update(fresh)
            yield from dict.fromkeys(fresh)
            if not any(each.moved for each in found):
                break
        else:
            raise RetryableError(f"decisions of {day}: others kept writing them; run the recheck again")


@dataclass(frozen=True, slots=True)
class _Redacted:
    """The candidates of a file whose lines are clean now; `moved` if it was changed or has gone meanwhile."""

    candidates: tuple[str, ...]
    moved: bool


def _redact_file(store: ObjectStore, key: str, submissions: Collection[str]) -> _Redacted:
    kind = PACKED_TYPE if is_packed(key) else CONTENT_TYPE
    for _ in range(_ATTEMPTS):
        found = store.get_versioned(key)
        if found is None:
            return _Redacted((), moved=True)
        lines, candidates, changed = [], [], False
        for line in file_lines(key, found[0]):
            if line is None:
                raise StoreError(f"{key} is damaged; run `bowerbird repair`, which sets it aside")
            decision = decode_line(line)  # None: an empty last line, or one that somebody else wrote
            if decision is None or decision.submission.get("id") not in submissions:
                lines.append(line)
                continue
            lines.append(encode_decision(redacted(decision)))
            changed = changed or lines[-1] != line
            candidates.append(decision.candidate)
        data = file_of(key, lines)
        if not changed or store.replace(key, data, content_type=kind, version=found[1]):
            return _Redacted(tuple(candidates), moved=changed)
    raise RetryableError(f"{key}: others kept writing it; run the recheck again")
