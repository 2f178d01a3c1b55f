"""An order that cannot work is refused before the first picture; a thorough look hears every stage."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Semaphore

import pytest

from bowerbird.core.decisions import Verdict
from bowerbird.core.errors import PermanentError
from bowerbird.core.messages import Candidate, Submission
from bowerbird.core.reasons import Reason, Word
from bowerbird.filter.evidence import File, Pixels
from bowerbird.filter.examination import Examination
from bowerbird.filter.pipeline import Pipeline
from tests.pictures import gradient

NO, LATER = Reason(Word.TOO_SMALL, "1x1"), Reason(Word.NOVELTY, "low")


@dataclass
class Step:
    """Says what it is told to, and leaves what it promises."""

    name: str
    needs: Iterable[type] = ()
    gives: Iterable[type] = ()
    answer: Reason | Exception | None = None
    slots: Semaphore | None = None
    held: bool = False

    def examine(self, exam: Examination) -> Reason | None:
        if self.slots is not None:
            free = self.slots.acquire(blocking=False)
            self.held = not free
            if free:
                self.slots.release()
        if isinstance(self.answer, Exception):
            raise self.answer
        made = {File: File.of(b""), Pixels: Pixels(gradient(8, 8))}
        exam.give(*(made[kind] for kind in self.gives))
        return self.answer


def pipeline(*stages: Step, slots: Semaphore | None = None, **more: tuple[type, ...]) -> Pipeline:
    return Pipeline(stages, stages[-1].name, slots or Semaphore(1), **more)


def exam() -> Examination:
    return Examination(Candidate("c", ("https://a/b.jpg",), Submission("urls", "c")))


FETCH, DECODE = Step("fetch", gives=(File,)), Step("decode", needs=(File,), gives=(Pixels,))
LOOK = Step("look", needs=(Pixels,))


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ((FETCH, LOOK, DECODE), "'look' needs Pixels, which nothing before it gives: put it after 'decode'"),
        ((FETCH, LOOK), "'look' needs Pixels, which nothing before it gives: no stage of this entrance"),
        ((FETCH, DECODE, FETCH), "two stages are called 'fetch': give one of them another name"),
    ],
    ids=["wrong order", "nobody gives it", "one name twice"],
)  # fmt: skip
def test_an_order_that_cannot_work_is_refused(stages: tuple[Step, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pipeline(*stages)


def test_what_is_stored_in_the_end_must_be_found_out_by_then() -> None:
    with pytest.raises(ValueError, match="whoever keeps the picture needs File, which nothing before it"):
        pipeline(LOOK, given=(Pixels,), wanted=(File,))


def test_what_a_picture_brings_along_need_not_be_found_out() -> None:
    brought = exam()
    brought.give(Pixels(gradient(8, 8)))
    assert pipeline(LOOK, given=(Pixels,)).judge(brought) == Verdict(
        keep=True, stage="look", reason=Reason(Word.KEPT)
    )


def test_the_first_reason_ends_it() -> None:
    seen = exam()
    verdict = pipeline(FETCH, Step("small", answer=NO), DECODE).judge(seen)
    assert (verdict, set(seen.timings)) == (Verdict.reject("small", NO), {"fetch", "small"})


def test_a_thorough_look_goes_on_with_whoever_has_what_they_need() -> None:
    seen = exam()
    verdict = pipeline(FETCH, Step("small", answer=NO), DECODE, Step("last", (Pixels,), (), LATER)).judge(
        seen, thorough=True
    )
    assert (verdict, list(seen.timings)) == (
        Verdict.reject("small", NO), ["fetch", "small", "decode", "last"]
    )  # fmt: skip
    broken = Step("decode", (File,), (Pixels,), PermanentError("cut off", Word.TRUNCATED))
    seen = exam()
    verdict = pipeline(FETCH, broken, LOOK).judge(seen, thorough=True)
    assert (str(verdict.reason), list(seen.timings)) == ("truncated: cut off", ["fetch", "decode"])


def test_an_error_without_a_word_is_an_error() -> None:
    verdict = pipeline(Step("odd", answer=PermanentError("the encoder gives (1, 2)"))).judge(exam())
    assert verdict == Verdict.reject("odd", Reason(Word.ERROR, "the encoder gives (1, 2)"))


def test_a_slot_is_held_from_the_first_stage_that_has_to_do_with_pixels() -> None:
    slots = Semaphore(1)
    steps = [Step("fetch", (), (File,), None, slots), Step("decode", (File,), (Pixels,), None, slots)]
    steps.append(Step("note", (), (), None, slots))
    pipeline(*steps, slots=slots).judge(exam())
    assert [step.held for step in steps] == [False, True, True]
    assert slots.acquire(blocking=False)
