import pytest

from bowerbird.core.messages import Candidate, Submission
from bowerbird.filter.examination import Examination
from bowerbird.filter.shape import ShapeRule
from bowerbird.filter.stages.declared import Declared


@pytest.mark.parametrize(
    ("width", "height", "word"),
    [
        (1280, 1024, None),
        (1279, 1024, "too-small"),
        (1024, 1280, None),
        (5000, 261, "too-small"),
        (3000, 1000, None),
        (3001, 1000, "too-wide"),
        (1000, 2000, None),
        (1000, 2001, "too-tall"),
        (1, 10_000_000, "too-tall"),
    ],
)
def test_the_rule_of_nomad(width: int, height: int, word: str | None) -> None:
    reason = ShapeRule().reason(width, height)
    assert (reason.word if reason else None) == word


@pytest.mark.parametrize(("width", "height"), [(None, None), (100, None), (None, 100)])
def test_what_is_not_declared_goes_on(width: int | None, height: int | None) -> None:
    candidate = Candidate("c", ("https://a/b.jpg",), Submission("urls", "c"), width=width, height=height)
    assert Declared(ShapeRule()).examine(Examination(candidate)) is None


def test_a_declared_thumbnail_is_rejected_unseen() -> None:
    candidate = Candidate("c", ("https://a/b.jpg",), Submission("urls", "c"), width=140, height=140)
    reason = Declared(ShapeRule()).examine(Examination(candidate))
    assert str(reason) == "too-small: 140x140 is 19600 pixels, less than 1310720"
