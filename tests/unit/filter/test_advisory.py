"""What is noted of a survivor, and that it never decides."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bowerbird.messages import Candidate, Submission
from functions.filter.examination import Examination
from functions.filter.stages.advisory import Advisory
from tests.pictures import gradient, jpeg


@dataclass
class Head:
    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return vectors.sum(axis=1)


def models(aesthetic: Head | None = None) -> Any:
    return SimpleNamespace(aesthetic=aesthetic)


def exam(image: Image.Image, data: bytes) -> Examination:
    made = Examination(Candidate("a/b", ("https://x/y.jpg",), Submission("folder", "a")))
    made.image, made.data, made.embedding = image, data, np.array([0.25, 0.5], np.float32)
    return made


@pytest.mark.parametrize(
    ("head", "extra"), [(None, {}), (Head(), {"aesthetic": 0.75})], ids=["no head", "aesthetic head"]
)
def test_measures_are_facts(head: Head | None, extra: dict[str, float]) -> None:
    seen = exam(Image.new("RGB", (64, 64), "white"), jpeg())

    assert Advisory(models(head)).examine(seen) is None
    assert seen.facts["advisory"] == {
        "sharpness": 0.0, "brightness": 1.0, "crushed": 0.0, "blown": 1.0, **extra,
    }  # fmt: skip
    assert seen.scores == {}


def test_metadata_that_cannot_be_read_costs_the_notes_and_not_the_picture() -> None:
    class Broken(Head):
        def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
            raise ValueError(f"no {vectors.shape}")

    seen = exam(gradient(64, 64), jpeg())

    assert Advisory(models(Broken())).examine(seen) is None
    assert seen.facts["advisory"] == {"failed": "ValueError: no (1, 2)"}
