"""A copy may turn a hopeless picture down, and nothing else."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bowerbird.core.errors import BowerbirdError, OptedOutError, PermanentError, RetryableError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.messages import Preview as Copy
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import Previewed
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import of_previews
from bowerbird.filter.stages.preview import Preview, smallest
from tests.fakes import FakeFetcher
from tests.pictures import jpeg

ORIGINAL = "https://i.redd.it/a.jpg"
COPIES = tuple(
    Copy(f"https://preview.redd.it/a.jpg?width={width}&s=1", width, height)
    for width, height in ((108, 72), (216, 144), (640, 427), (960, 640))
)
FITTING = COPIES[2].url


@dataclass
class Scorer:
    """Gives one score to everything; passes from 0.5 on, copies from 0.3."""

    taste: float
    preview_margin: float | None = 0.2
    label: str = "fake@1"
    min_side: int = 256
    preview_side: int = 256
    threshold: float = 0.5
    watermark: None = None

    @property
    def encoder(self) -> "Scorer":
        return self

    @property
    def novelty(self) -> "Scorer":
        return self

    def embed(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        return np.zeros((len(images), 1), np.float32)

    def score_of(self, image: Image.Image) -> float:
        return float(self.score(self.embed([image]))[0])

    def score(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.full(len(embeddings), self.taste)


def candidate(*copies: Copy, width: int | None = 3000, height: int | None = 2000) -> Candidate:
    return Candidate("c", (ORIGINAL,), Submission("reddit", "t3_c"), copies, width, height)


def examine(
    scorer: Scorer, answer: bytes | BowerbirdError, *copies: Copy
) -> tuple[Reason | None, Examination, FakeFetcher]:
    exam = Examination(candidate(*(copies or COPIES)))
    fetcher = FakeFetcher({FITTING: answer})
    opinion = of_previews(scorer)
    assert opinion is not None
    return Preview(fetcher, opinion, nullcontext()).examine(exam), exam, fetcher


@pytest.mark.parametrize(
    ("taste", "reason"),
    [
        (0.9, None),
        (0.4, None),
        (0.3, None),
        (0.29, "novelty: the preview's 0.29 is below 0.3"),
    ],
)
def test_only_what_is_further_below_the_threshold_than_the_margin_is_rejected(
    taste: float, reason: str | None
) -> None:
    said, exam, fetcher = examine(Scorer(taste), jpeg(640, 427))
    assert (str(said) if said else None) == reason
    assert exam.scores == {"preview": taste}
    assert exam.thresholds == {"preview": pytest.approx(0.3)}
    assert fetcher.asked == [FITTING]
    assert exam.get(Previewed) is not None
    assert (exam[Previewed].image is None) == (reason is None)


@pytest.mark.parametrize(
    "answer",
    [
        PermanentError("404", Word.GONE),
        OptedOutError("noai", Word.OPTED_OUT),
        RetryableError("503", Word.BUSY),
        b"<!doctype html>",
        jpeg(640, 427)[:500],
        jpeg(300, 200),
    ],
    ids=["gone", "opted out", "busy", "a page", "cut off", "smaller than promised"],
)
def test_a_copy_that_cannot_be_judged_leaves_it_to_the_original(answer: bytes | BowerbirdError) -> None:
    said, exam, _ = examine(Scorer(taste=0.0), answer)
    assert said is None
    assert exam.scores == {}
    assert exam.facts["preview"]


def test_a_bundle_whose_margin_was_never_measured_has_no_opinion_of_previews() -> None:
    assert of_previews(Scorer(0.0, preview_margin=None)) is None


@pytest.mark.parametrize(("name", "webp"), [("a.jpg", False), ("a.PNG", True), ("a.png", True)])
def test_only_a_pngs_copy_may_come_as_webp(name: str, webp: bool) -> None:
    copy = Copy(f"https://preview.redd.it/{name}?width=640&auto=webp&s=1", 640, 427)
    fetcher = FakeFetcher({copy.url: jpeg(640, 427)})
    look = of_previews(Scorer(0.9))
    assert look is not None
    assert Preview(fetcher, look, nullcontext()).examine(Examination(candidate(copy))) is None
    assert ("image/webp" in fetcher.accepted[copy.url]) == webp


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        (candidate(*COPIES), COPIES[2]),
        (candidate(*reversed(COPIES)), COPIES[2]),
        (candidate(*COPIES[:2]), None),
        (candidate(), None),
        (candidate(*COPIES, width=None, height=None), COPIES[2]),
        (candidate(COPIES[3], width=960, height=640), None),
        (candidate(Copy(ORIGINAL, 640, 427)), None),
    ],
    ids=[
        "the smallest that is enough", "in any order", "all too small", "none offered", "size undeclared",
        "as large as the original", "the original itself",
    ],
)  # fmt: skip
def test_which_copy_is_looked_at(given: Candidate, chosen: Copy | None) -> None:
    assert smallest(given, 256) == chosen
