"""What else can be said of a survivor: recorded, never a reason to reject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bowerbird_models import advisory
from functions.filter.examination import Examination
from functions.filter.models import Models


@dataclass(frozen=True, slots=True)
class Advisory:
    """Notes sharpness, exposure, what the file says of its making, and beauty where the bundle has a head."""

    models: Models
    name: str = "advisory"

    def examine(self, exam: Examination) -> None:
        """Fill `facts["advisory"]`."""
        try:
            seen = self._observe(exam)
        except Exception as error:  # noqa: BLE001 - metadata is a stranger's; it must not cost a good picture
            seen = {"failed": f"{type(error).__name__}: {error}"}
        exam.facts["advisory"] = seen

    def _observe(self, exam: Examination) -> dict[str, float | str]:
        seen = advisory.observe(exam.pixels(), exam.data)
        head = self.models.aesthetic
        if head is not None and exam.embedding is not None:
            seen["aesthetic"] = float(head.score(exam.embedding[np.newaxis])[0])
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in seen.items()}
