"""Stores kept pictures: the original bytes, untouched, and a sidecar that tells their story."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bowerbird.core.decisions import Decision, from_stored, stored
from bowerbird.core.json_text import parsed
from bowerbird.core.keys import FORMATS, image_key, sidecar_key, tombstone_key
from bowerbird.core.ports import Ledger, ObjectStore
from bowerbird.core.reasons import Reason
from bowerbird.filter.copies import Copies
from bowerbird.filter.evidence import Copy, File
from bowerbird.filter.examination import Examination
from bowerbird.filter.stages.duplicate import duplicate_reason
from bowerbird.imaging import ImageInfo

SIDECAR_VERSION = 1
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Survivors:
    """Writes survivors, each picture once.

    It claims the picture, enters its likeness, writes the image and the sidecar, and moves worse copies away;
    then the caller commits. When that breaks off anywhere, the next delivery finds the claim and finishes the
    same work.
    """

    store: ObjectStore
    ledger: Ledger
    copies: Copies | None = None

    def keep(self, exam: Examination, decision: Decision) -> Decision:
        """Store a picture. The decision becomes a rejection when another candidate got there first."""
        file, candidate_id = exam[File], exam.candidate.id
        duplicate = duplicate_reason(self.ledger.claim(file.sha256, candidate_id), candidate_id)
        if duplicate is not None:
            return replace(decision, keep=False, stage="duplicate", reason=duplicate)
        key = image_key(file.sha256, exam[ImageInfo].format)
        kept = replace(decision, image=key)
        copy = exam.get(Copy)
        if self.copies is not None and copy is not None:
            worse = self.copies.enter(copy, last_attempt=exam.last_attempt)
            if isinstance(worse, Reason):
                return replace(decision, keep=False, stage="perceptual", reason=worse)
            if worse:
                kept = replace(
                    kept, facts=kept.facts | {"replaces": [*worse], "replaces_why": [*worse.values()]}
                )
        kept = self._write(exam, kept, key)
        self._replace(kept)
        return kept

    def reject(self, candidate_id: str) -> None:
        """Undo a candidate that is not kept after all, and that may have entered its likeness already."""
        if self.copies is not None:
            self.copies.index.forget(candidate_id)

    def _write(self, exam: Examination, kept: Decision, key: str) -> Decision:
        self.store.put(key, exam[File].data, content_type=FORMATS[exam[ImageInfo].format][1], if_absent=True)
        sidecar = sidecar_of(kept, exam.candidate.urls).encode(errors="replace")
        if not self.store.put(sidecar_key(key), sidecar, content_type=_JSON, if_absent=True):
            # Two deliveries of one candidate run at once: both commit what the first one wrote.
            first = self.recall(exam[File].sha256, exam.candidate.id)
            if first is not None:
                return first
            self.store.put(sidecar_key(key), sidecar, content_type=_JSON)
        return kept

    def recall(self, sha256: str, candidate_id: str) -> Decision | None:
        """The decision in the sidecar of these bytes, when this candidate had come as far as writing it."""
        # Any format gives the same sidecar, because its name is the hash.
        data = self.store.get(sidecar_key(image_key(sha256, "JPEG")))
        try:
            decision = from_stored(parsed(data or b"")["decision"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None  # there is none, or it is damaged: keeping the picture writes it anew
        if decision.candidate != candidate_id:
            return None
        self._replace(decision)
        return decision

    def _replace(self, kept: Decision) -> None:
        worse: list[str] = kept.facts.get("replaces") or []
        if self.copies is not None and worse and kept.image:
            reasons = kept.facts.get("replaces_why") or ["a better copy"] * len(worse)
            self.copies.replace(dict(zip(worse, reasons, strict=True)), kept.image)

    def purged(self, candidate_id: str) -> bool:
        """Tell whether a recheck has removed this candidate's picture: it must not come back."""
        return self.store.exists(tombstone_key(candidate_id))


def sidecar_of(decision: Decision, urls: Sequence[str]) -> str:
    """The text that stands beside a picture; `urls` are where it could be had."""
    sidecar = {
        "version": SIDECAR_VERSION,
        "image": decision.image,
        "candidate": {"id": decision.candidate, "host": decision.facts.get("host"), "urls": urls},
        "decision": stored(decision),
    }
    return json.dumps(sidecar, ensure_ascii=False, indent=1, sort_keys=True)
