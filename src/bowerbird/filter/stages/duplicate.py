"""Finds a file whose bytes are already kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.ports import Ledger
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import File
from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Rejects a picture another candidate already holds."""

    ledger: Ledger
    name: ClassVar[str] = "duplicate"
    needs: ClassVar[tuple[type, ...]] = (File,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Look the sha256 up; nothing is claimed before the picture is kept."""
        return duplicate_reason(self.ledger.owner(exam[File].sha256), exam.candidate.id)


def duplicate_reason(owner: str | None, candidate_id: str) -> Reason | None:
    """Say why these bytes are not wanted again, or None."""
    if owner is None or owner == candidate_id:
        return None
    return Reason(Word.DUPLICATE, f"the same bytes as {owner}")
