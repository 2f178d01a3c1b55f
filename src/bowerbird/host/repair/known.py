"""What a place's decision lines and sidecars tell of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bowerbird.core.decisions import Decision, decode_decision
from bowerbird.core.ports import ObjectStore
from bowerbird.review.sheet.summary import decision_lines


@dataclass(slots=True)
class Known:
    """What was found.

    `stored` are the keys of pictures, `sidecars` those of what tells of them, `broken` those of sidecars that
    cannot be read. `candidates` have a line. `pictures` maps the key of every picture that was kept to its
    candidate. `unfiled` decisions stand in a sidecar only: something died between storing and writing the
    line. `unreadable` lines are counted.
    """

    stored: set[str] = field(default_factory=set)
    sidecars: set[str] = field(default_factory=set)
    candidates: set[str] = field(default_factory=set)
    pictures: dict[str, str] = field(default_factory=dict)
    unfiled: list[Decision] = field(default_factory=list)
    unreadable: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether something was ever decided here."""
        return bool(self.candidates or self.pictures)

    def claims(self) -> Iterator[tuple[str, str]]:
        """(sha256, candidate) of every kept picture."""
        return ((PurePosixPath(image).stem, candidate) for image, candidate in self.pictures.items())


def read_known(store: ObjectStore) -> Known:
    """Read every line and every sidecar."""
    known = Known()
    for decision in lines(store):
        if decision is None:
            known.unreadable += 1
        elif decision.candidate not in known.candidates:
            known.candidates.add(decision.candidate)
            if decision.keep and decision.image:
                known.pictures.setdefault(decision.image, decision.candidate)
    for key in store.keys("images/"):
        if not key.endswith(".json"):
            known.stored.add(key)
            continue
        kept = sidecar_decision(store.get(key))
        if kept is None or not kept.image:
            known.broken.append(key)
            continue
        known.sidecars.add(key)
        known.pictures[kept.image] = kept.candidate
        if kept.candidate not in known.candidates:
            known.unfiled.append(kept)
    return known


def lines(store: ObjectStore) -> Iterator[Decision | None]:
    """Every decision that has a line; None for a line that cannot be read."""
    return (readable(line) for line in decision_lines(store))


def readable(line: object) -> Decision | None:
    """A decision as it was written, or None."""
    try:
        decision = decode_decision(line)  # type: ignore[arg-type] # whatever a damaged file held there
    except (ValueError, TypeError):
        return None
    told = (decision.candidate, decision.stage, decision.reason, decision.decided_at)
    sound = all(isinstance(each, str) for each in told) and isinstance(decision.submission, dict)
    return decision if sound and isinstance(decision.image, str | None) else None


def sidecar_decision(data: bytes | None) -> Decision | None:
    """The decision that a sidecar tells, or None when it is none."""
    try:
        sidecar = json.loads(data or b"")
        return readable(json.dumps(sidecar["decision"]))
    except (ValueError, TypeError, KeyError):
        return None
