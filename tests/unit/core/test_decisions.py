from dataclasses import replace

import pytest

from bowerbird.core.decision_log import decode_line
from bowerbird.core.decisions import Decision, Verdict, decode_decision, encode_decision
from bowerbird.core.reasons import Reason, Word

DECISION = Decision(
    candidate="t3_a/b",
    keep=False,
    stage="novelty",
    reason=Reason(Word.NOVELTY, "1 is below 2"),
    bundle="lite@1.0.0",
    decided_at="2026-11-22T23:59:59.999Z",
    scores={"novelty": 1.0},
    thresholds={"novelty": 2.0},
    timings={"original": 12.5},
    facts={"width": 1600},
    submission={"title": "Fjord ⛰"},
)


def test_a_decision_is_one_line_and_comes_back() -> None:
    line = encode_decision(DECISION)
    assert "\n" not in line
    assert decode_decision(line) == DECISION


def test_the_day_is_the_partition() -> None:
    assert DECISION.day == "2026-11-22"


def test_text_that_no_file_can_hold_does_not_stop_the_line() -> None:
    line = encode_decision(replace(DECISION, submission={"title": "x\ud800"}))
    assert decode_decision(line).submission == {"title": "x?"}
    line.encode()


def test_a_rejection_is_a_value() -> None:
    assert Verdict.reject("original", Reason(Word.GONE, "404")) == Verdict(
        keep=False, stage="original", reason=Reason(Word.GONE, "404")
    )


@pytest.mark.parametrize(
    "line", ["{}", "[]", "5", "null", '"kept"', '{"reason": 5}', '{"reason": "kept"}', '{"candidate": "a"}']
)
def test_what_is_no_decision_is_told_in_one_way(line: str) -> None:
    with pytest.raises(TypeError):
        decode_decision(line)
    assert decode_line(line) is None
