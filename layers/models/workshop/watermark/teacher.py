"""An earlier detector that says which samples are worth a step: most random ones are long understood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from .entry import pixels
from .scene import Picture

#: A marked picture below the first logit, or a clean one above the second, is worth it more often than not.
#: The two ranges overlap around the place where thresholds come to lie.
_MARKED_BELOW: Final = 6.0
_CLEAN_ABOVE: Final = 1.0
_SOFT: Final = 1.5

#: How often to take a sample that the teacher understands: a network forgets what it is never shown.
_STILL: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """A logit for the picture, and one for each of its cells."""

    logit: float
    heat: NDArray[np.float32]

    def worth(self, *, marked: bool) -> float:
        """Chance that the picture is to be learnt from."""
        wrong = _MARKED_BELOW - self.logit if marked else self.logit - _CLEAN_ABOVE
        return _STILL + (1 - _STILL) / (1 + float(np.exp(-wrong / _SOFT)))

    def hottest(self) -> tuple[int, int]:
        """Finds the row and column of the cell that looks most like a mark."""
        row, column = np.unravel_index(int(self.heat.argmax()), self.heat.shape)
        return int(row), int(column)


class Teacher:
    """An exported detector, on one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._session: ort.InferenceSession | None = None

    def look(self, picture: Picture) -> Opinion:
        """Gives the teacher's opinion of a picture, RGB uint8 SIDExSIDE."""
        # The session is made where it is used, because it does not survive the fork into a loading process.
        if self._session is None:
            options = ort.SessionOptions()
            options.intra_op_num_threads = 1
            self._session = ort.InferenceSession(str(self._path), options, providers=["CPUExecutionProvider"])
        logit, heat = self._session.run(None, {"pixels": pixels(picture)})
        return Opinion(float(logit.item()), heat[0])
