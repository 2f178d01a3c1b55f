"""The same bytes as something kept."""

from __future__ import annotations

from dataclasses import dataclass

from bowerbird.core.ports import Ledger
from bowerbird.filter.examination import Examination


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Rejects a picture another candidate already holds."""

    ledger: Ledger
    name: str = "duplicate"

    def examine(self, exam: Examination) -> str | None:
        """Look the sha256 up; nothing is claimed before the picture is kept."""
        return duplicate_reason(self.ledger.owner(exam.sha256), exam.candidate.id)


def duplicate_reason(owner: str | None, candidate_id: str) -> str | None:
    """Why these bytes are not wanted again, or None."""
    if owner is None or owner == candidate_id:
        return None
    return f"duplicate: the same bytes as {owner}"
