"""Takes what was said of purged posts (title, author, links) out of the decisions that must stay."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from bowerbird.core.decision_log import CONTENT_TYPE, decode_line, log_keys, split_lines
from bowerbird.core.decisions import encode_decision, redacted
from bowerbird.core.errors import RetryableError
from bowerbird.core.ports import ObjectStore

#: Nobody but another recheck rewrites a file of lines, so a few attempts are enough.
_ATTEMPTS: Final = 5


def redact_lines(store: ObjectStore, days: Collection[str], submissions: Collection[str]) -> Iterator[str]:
    """Redact the lines of these submissions on these days (YYYY-MM-DD); yields their candidates.

    Raises:
        RetryableError: others kept writing a file.
    """
    for day in sorted(days):
        for key in list(log_keys(store, day)):
            yield from _redact_file(store, key, submissions)


def _redact_file(store: ObjectStore, key: str, submissions: Collection[str]) -> list[str]:
    for _ in range(_ATTEMPTS):
        found = store.get_versioned(key)
        if found is None:
            return []
        lines = split_lines(found[0])
        candidates = []
        for at, line in enumerate(lines):
            decision = decode_line(line)  # None: an empty last line, or one that somebody else wrote
            if decision is None or decision.submission.get("id") not in submissions:
                continue
            lines[at] = encode_decision(redacted(decision))
            candidates.append(decision.candidate)
        data = "\n".join(lines).encode()
        if not candidates or store.replace(key, data, content_type=CONTENT_TYPE, version=found[1]):
            return candidates
    raise RetryableError(f"{key}: others kept writing it; run the recheck again")
