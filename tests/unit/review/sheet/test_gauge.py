import pytest

from bowerbird.core.decisions import Decision
from bowerbird.core.reasons import Reason
from bowerbird.review.sheet.cards import Card, Measure, card_of
from bowerbird.review.sheet.gauge import Gauges, figure


def scored(score: float) -> Card:
    return card_of(
        Decision(
            candidate="c",
            keep=False,
            stage="novelty",
            reason=Reason.parse("novelty"),
            bundle="lite",
            decided_at="2026-03-01T00:00:00Z",
            scores={"novelty": score},
            thresholds={"novelty": 10.0},
        )
    )


def test_the_threshold_is_in_the_middle_and_each_side_has_its_own_scale() -> None:
    gauges = Gauges.of([scored(-990.0), scored(20.0)])
    positions = [
        gauges.position(Measure("novelty", score, 10.0)) for score in (-990.0, -490.0, 10.0, 15.0, 20.0)
    ]
    assert positions == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_a_score_beyond_the_scale_ends_at_the_edge() -> None:
    assert Gauges.of([scored(20.0)]).position(Measure("novelty", 1e9, 10.0)) == 1.0


def test_a_score_without_a_scale_lies_on_the_threshold() -> None:
    assert Gauges.of([]).position(Measure("novelty", 3.0, 10.0)) == 0.5


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.934, "0.93"), (-2.5, "\u22122.50"), (104.46, "104.5"), (-12345.6, "\u221212,346"), (0.0, "0.00")],
)
def test_a_figure_is_short(value: float, text: str) -> None:
    assert figure(value) == text
