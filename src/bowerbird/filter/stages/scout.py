"""What is cheap looks before the owner's bundle does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bowerbird.core.reasons import Reason
from bowerbird.filter.evidence import Pixels
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook


@dataclass(frozen=True, slots=True)
class Scout:
    """Scores the original with each cheap look that has not scored a copy of it; the cheapest first."""

    looks: tuple[FirstLook, ...]
    name: ClassVar[str] = "scout"
    needs: ClassVar[tuple[type, ...]] = (Pixels,)
    gives: ClassVar[tuple[type, ...]] = ()

    def examine(self, exam: Examination) -> Reason | None:
        """Reject only the hopeless."""
        image = exam[Pixels].image
        left = (look for look in self.looks if look.name not in exam.scores)
        return next((reason for look in left if (reason := look.examine(image, exam))), None)
