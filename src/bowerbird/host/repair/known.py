"""Reads what a place's decision lines and sidecars tell about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bowerbird.core.decision_log import decode_line, each_line
from bowerbird.core.decisions import Decision
from bowerbird.core.json_text import parsed
from bowerbird.core.ports import ObjectStore


@dataclass(slots=True)
class Known:
    """Holds what a repair found in a place.

    `stored` are the keys of pictures, `sidecars` the keys of their sidecars, and `broken` the keys of
    sidecars that cannot be read. `candidates` are those that have a decision line. `pictures` maps the key of
    every kept picture to its candidate. `unfiled` decisions stand in a sidecar only: a run died after it
    stored the picture and before it wrote the line. `unreadable` is the number of lines that cannot be read.
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
        """Tell whether anything was ever decided here."""
        return bool(self.candidates or self.pictures)

    def claims(self) -> Iterator[tuple[str, str]]:
        """List (sha256, candidate) for every kept picture."""
        return ((PurePosixPath(image).stem, candidate) for image, candidate in self.pictures.items())


def read_known(store: ObjectStore) -> Known:
    """Read every line and every sidecar."""
    known = Known()
    for decision in each_line(store):
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


def sidecar_decision(data: bytes | None) -> Decision | None:
    """Read the decision from a sidecar. Return None when the sidecar cannot be used."""
    try:
        sidecar = parsed(data or b"")
        return decode_line(json.dumps(sidecar["decision"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
