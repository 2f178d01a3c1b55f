from typing import Any

from bowerbird.core.decision_log import decisions_key
from bowerbird.core.decisions import Decision, encode_decision
from bowerbird.core.reasons import Reason
from bowerbird.review.sheet.summary import read_run
from tests.fakes import FakeStore


def decided(candidate: str, stage: str = "novelty", score: float | None = None, **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "candidate": candidate,
        "keep": False,
        "stage": stage,
        "reason": stage,
        "bundle": "lite 1",
        "decided_at": "2026-03-01T12:00:00+00:00",
        "scores": {} if score is None else {"novelty": score},
        "thresholds": {} if score is None else {"novelty": 10.0},
    }
    values |= changes
    return Decision(**values | {"reason": Reason.parse(values["reason"])})


def stored(*lines: Decision | str, day: str = "2026-03-01", store: FakeStore | None = None) -> FakeStore:
    store = store or FakeStore()
    text = "\n".join(line if isinstance(line, str) else encode_decision(line) for line in lines)
    store.put(decisions_key(day, "part"), text.encode(), content_type="application/x-ndjson")
    return store


def test_kept_pictures_come_best_first() -> None:
    found = read_run(stored(*(decided(str(s), score=s, keep=True) for s in (11.0, 30.0, 12.0)))).kept
    assert [card.candidate for card in found] == ["30.0", "12.0", "11.0"]


def test_rejections_stand_by_reason_the_closest_calls_first() -> None:
    store = stored(
        *(decided(f"gone{n}", "original", reason="gone: 404") for n in range(3)),
        *(decided(f"small{n}", "declared", reason="too-small: 1x1") for n in range(2)),
        *(decided(str(score), score=score) for score in (-50.0, 9.5, 3.0)),
        decided("real", "dimensions", reason="too-small: 2x2"),
    )
    groups = read_run(store).groups
    assert [(group.stages, group.reason, len(group.cards)) for group in groups] == [
        (("novelty",), "Unlike what you love", 3),
        (("original",), "Gone", 3),
        (("declared", "dimensions"), "Too small", 3),
    ]
    assert [card.candidate for card in groups[0].cards] == ["9.5", "3.0", "-50.0"]


def test_a_candidate_is_one_card_however_often_its_line_stands() -> None:
    report = read_run(stored(decided("a"), decided("a"), decided("b")))
    assert [card.candidate for card in report.cards] == ["a", "b"]


def test_damaged_lines_are_counted_and_left_out() -> None:
    report = read_run(stored(decided("a"), '{"candidate": "cut of', '{"another": "shape"}', "[1]", ""))
    assert (len(report.cards), report.unreadable) == (1, 3)


def test_a_line_separator_inside_a_title_ends_no_line() -> None:
    report = read_run(stored(decided("a", submission={"title": "two\u2028lines"})))
    assert (report.unreadable, report.cards[0].title) == (0, "two lines")


def test_one_day_or_all() -> None:
    store = stored(decided("a"))
    stored(decided("b", decided_at="2026-03-02T00:00:00+00:00"), day="2026-03-02", store=store)
    assert read_run(store).days == ("2026-03-01", "2026-03-02")
    assert [card.candidate for card in read_run(store, "2026-03-02").cards] == ["b"]


def test_the_threshold_is_the_one_that_decided_most() -> None:
    other = decided("c", score=3.0, thresholds={"novelty": 99.0})
    assert read_run(stored(decided("a", score=1.0), other, decided("b", score=2.0))).threshold == 10.0
    assert read_run(FakeStore()).threshold is None
