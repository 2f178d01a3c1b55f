"""What is noted of a survivor, and that it decides only where the owner asks."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bowerbird import imaging
from bowerbird.core.errors import UsageError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.filter.evidence import Embedding, File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.filter.owner_rules import Asked
from bowerbird.filter.stages.advisory import Advisory, advise
from tests.pictures import encoded, gradient, jpeg


@dataclass
class Head:
    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return vectors.sum(axis=1)


def models(aesthetic: Head | None = None) -> Any:
    return SimpleNamespace(aesthetic=aesthetic, label="mine@1")


def exam(image: Image.Image, data: bytes) -> Examination:
    made = Examination(Candidate("a/b", ("https://x/y.jpg",), Submission("folder", "a")))
    made.give(Pixels(image), File.of(data), Embedding(np.array([0.25, 0.5], np.float32)))
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


def test_what_costs_more_is_measured_when_asked_for() -> None:
    noise = Image.effect_noise((512, 512), 60).convert("RGB")
    seen = exam(noise.reduce(2), encoded(noise))

    assert advise(models(), Asked.parse([], ["detail", "quality", "nsfw"]), imaging).examine(seen) is None
    noted = seen.facts["advisory"]
    assert noted["detail"] > -1, "white noise has as much in the highest frequencies as anywhere"
    assert 0 <= noted["nsfw"] <= 1
    assert 0 <= noted["quality"] <= 1


def test_a_rule_rejects_and_what_was_seen_is_kept() -> None:
    seen = exam(Image.new("RGB", (512, 512), "white"), jpeg())

    reason = advise(models(), Asked.parse(["brightness<0.1", "blown>0.5"]), imaging).examine(seen)

    assert str(reason) == "blown: 1 is above 0.5"
    assert seen.facts["advisory"]["blown"] == 1.0


def test_a_rule_on_what_cannot_be_measured_rejects() -> None:
    seen = exam(gradient(64, 64), jpeg(64, 64))

    reason = advise(models(), Asked.parse(["detail<-2.2"]), imaging).examine(seen)

    assert str(reason) == "detail: could not be measured, and a rule asks for it"


def test_a_rule_on_a_head_the_bundle_lacks_is_refused() -> None:
    with pytest.raises(UsageError, match="mine@1 has no aesthetic head"):
        advise(models(), Asked.parse(["aesthetic<5"]), imaging)
