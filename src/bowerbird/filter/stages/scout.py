"""A cheap bundle looks before the expensive one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason
from bowerbird.filter.evidence import Pixels, Previewed
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook


@dataclass(frozen=True, slots=True)
class Scout:
    """Scores the original, unless its preview was scored before."""

    look: FirstLook
    name: ClassVar[str] = "scout"
    needs: ClassVar[tuple[type, ...]] = (Pixels,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject only the hopeless."""
        if exam.get(Previewed) is not None:
            return None
        return self.look.examine(exam[Pixels].image, exam)
