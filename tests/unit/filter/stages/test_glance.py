"""A glance at the smallest copy turns most of the hopeless down; then come a closer look and the original."""

from dataclasses import replace
from threading import Semaphore

import pytest

from bowerbird.core.errors import PermanentError
from bowerbird.core.messages import Candidate, Preview, Submission
from bowerbird.core.reasons import Word
from bowerbird.filter.evidence import Previewed
from bowerbird.filter.examination import Examination
from bowerbird.filter.first_look import FirstLook, of_glances
from bowerbird.filter.parts import Parts
from bowerbird.filter.policy import Entrance, pipeline
from tests.fakes import FakeFetcher, FakeLedger
from tests.pictures import jpeg
from tests.unit.filter.test_candidates import FakeModels

ORIGINAL = "https://i.redd.it/a.jpg"
COPIES = tuple(
    Preview(f"https://preview.redd.it/a.jpg?width={width}&s=1", width, width * 2 // 3)
    for width in (108, 216, 320, 640, 960)
)
FETCHED = {copy.url: jpeg(copy.width, copy.height) for copy in COPIES} | {ORIGINAL: jpeg(3000, 2000)}


def glance(taste: float, side: int = 144, margin: float | None = 0.25) -> FakeModels:
    return FakeModels(taste=taste, preview_side=side, margin=margin)


def owner(taste: float, small: FakeModels | None, preview_margin: float | None = 0.125) -> FakeModels:
    """Keeps from 0.5 on; the glance turns down below 0.25, the preview below 0.375."""
    return FakeModels(taste=taste, preview_side=520, preview_margin=preview_margin, glance=small)


def judge(
    bundle: FakeModels,
    answers: dict[str, bytes | PermanentError] | None = None,
    *copies: Preview,
    **more: FirstLook,
) -> tuple[str, Examination, list[str]]:
    fetcher = FakeFetcher(FETCHED | (answers or {}))
    policy = pipeline(Parts(bundle, Semaphore(1), fetcher, FakeLedger(), **more), Entrance.QUEUE)
    exam = Examination(
        Candidate("c", (ORIGINAL,), Submission("reddit", "t3_c"), copies or COPIES, 3000, 2000)
    )
    verdict = policy.judge(exam)
    return ("kept" if verdict.keep else f"{verdict.stage}: {verdict.reason}"), exam, fetcher.asked


def test_the_hopeless_cost_one_small_copy() -> None:
    said, exam, asked = judge(owner(0.0, glance(0.125)))
    assert said == "glance: novelty: the glance's 0.125 is below 0.25"
    assert asked == [COPIES[1].url]
    assert exam[Previewed].image is not None  # the thumbnail of it
    assert (exam.scores, exam.thresholds) == ({"glance": 0.125}, {"glance": 0.25})


def test_what_a_glance_lets_through_gets_a_closer_look_then_the_original() -> None:
    said, exam, asked = judge(owner(0.75, glance(0.25)))
    assert said == "kept"
    assert asked == [COPIES[1].url, COPIES[4].url, ORIGINAL]
    assert exam.scores == {"glance": 0.25, "preview": 0.75, "novelty": 0.75}
    said, _, asked = judge(owner(0.25, glance(0.25)))
    assert said == "preview: novelty: the preview's 0.25 is below 0.375"
    assert asked == [COPIES[1].url, COPIES[4].url]


def test_a_copy_that_serves_both_looks_is_fetched_once() -> None:
    said, exam, asked = judge(owner(0.75, glance(0.75)), None, COPIES[4])
    assert said == "kept"
    assert asked == [COPIES[4].url, ORIGINAL]
    assert exam.scores.keys() == {"glance", "preview", "novelty"}


@pytest.mark.parametrize("answer", [PermanentError("404", Word.GONE), jpeg(150, 100), b"<!doctype html>"])
def test_a_copy_that_cannot_be_judged_leaves_it_to_the_closer_look(answer: bytes | PermanentError) -> None:
    said, exam, asked = judge(owner(0.75, glance(0.0)), {COPIES[1].url: answer}, *COPIES[:2], COPIES[4])
    assert asked == [COPIES[1].url, COPIES[4].url, ORIGINAL]
    assert exam.facts["glance"]
    # The original, once it is there, is glanced at in place of the copy: that is cheaper than the encoder.
    assert said == "scout: novelty: the glance's 0 is below 0.25"
    assert "novelty" not in exam.scores


def test_a_glance_at_an_original_spares_the_encoder() -> None:
    bundle = owner(0.0, glance(0.125))
    fetcher = FakeFetcher(FETCHED)
    policy = pipeline(Parts(bundle, Semaphore(1), fetcher, FakeLedger()), Entrance.QUEUE)
    exam = Examination(Candidate("c", (ORIGINAL,), Submission("reddit", "t3_c")))
    verdict = policy.judge(exam)
    assert (verdict.stage, str(verdict.reason)) == ("scout", "novelty: the glance's 0.125 is below 0.25")
    assert bundle.embedded == []


def test_without_a_network_or_a_margin_nobody_glances() -> None:
    assert of_glances(owner(0.0, None)) is None
    assert of_glances(owner(0.0, glance(0.0, margin=None))) is None
    said, exam, asked = judge(owner(0.75, glance(0.0, margin=None)))
    assert (said, asked) == ("kept", [COPIES[4].url, ORIGINAL])
    assert "glance" not in exam.scores


def test_with_a_scout_it_is_the_scouts_glance_that_looks() -> None:
    small, scout = glance(0.125), FakeModels(taste=0.75, preview_side=520)
    look = FirstLook(scout, 0.4, "scout", FirstLook(small, 0.25, "glance"))
    said, _, asked = judge(owner(0.75, glance(0.0)), scout=look)
    assert said == "glance: novelty: the glance's 0.125 is below 0.25"
    assert asked == [COPIES[1].url]
    said, exam, _ = judge(owner(0.75, glance(0.0)), scout=replace(look, before=None))
    assert said == "kept"
    assert exam.scores == {"scout": 0.75, "novelty": 0.75}


def test_a_glance_decodes_no_more_than_it_needs() -> None:
    small = replace(glance(0.75), min_side=64)
    judge(owner(0.75, small))
    assert small.embedded == [(108, 72)]  # the copy of 216 pixels, halved
