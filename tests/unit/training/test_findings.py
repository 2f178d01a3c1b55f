"""What a training says of itself: pictures, by name, and commands that do what they say."""

from __future__ import annotations

from pathlib import Path
from shlex import split

import numpy as np
import pytest

from bowerbird.cli.main import build_parser
from bowerbird.training.findings import Findings, lines, what_it_does, what_it_knows, what_to_do
from bowerbird.training.marked import Marked


def found(scores: list[float], rejected: list[float] | None = None, **more: object) -> Findings:
    good = [Path(f"loved/{number}.jpg") for number in range(len(scores))]
    rejects = [Path(f"no/{number}.jpg") for number in range(len(rejected or []))]
    values = {"rejects": rejects, "rejected": np.array(rejected or [])} | more
    return Findings(Path("my taste"), 0.95, 0.0, good, np.array(scores), **values)  # type: ignore[arg-type]


def test_pictures_are_named_that_are_kept_passed_over_and_let_in() -> None:
    told = what_it_does(
        found([0.3, -2, 0.1, 5, -1, 0.2, 4], [1, -1, 3], ordinary=np.array([-1.0, -1, -1, 1]))
    )
    assert told == [
        "It would keep 5 of your 7 if it had never seen them. Only just: 2.jpg, 5.jpg, 0.jpg…",
        "It would pass over 2 of yours. The least like the rest: 1.jpg, 4.jpg",
        "It would let in 2 of the 3 that you do not love. The likeliest: 2.jpg, 0.jpg",
        "Of 4 ordinary pictures that nobody judged, it would let in 25%.",
    ]


def test_marks_on_ones_own_pictures_are_told_with_the_way_out() -> None:
    looked = [Path("a.jpg"), Path("b.jpg"), Path("c.jpg")]
    marks = Marked(looked, np.array([0.9, 0.1, 0.95]), 0.8)
    assert what_it_does(found([1.0, 1.0, 1.0], marked=marks))[-1] == (
        "2 of 3 of yours seem to carry a watermark, such as a signature; `mine` turns such down. "
        "If you do not mind, train with --watermark note. The surest: c.jpg, a.jpg"
    )
    assert "2 of 3 of yours that it looked at seem" in what_it_does(found([1.0] * 4, marked=marks))[-1]
    clean = Marked(looked, np.array([0.1, 0.2, 0.79]), 0.8)
    assert not any("watermark" in line for line in what_it_does(found([1.0] * 3, marked=clean)))


def test_what_is_not_there_is_not_spoken_of() -> None:
    assert what_it_does(found([1.0, 2.0], [-1.0])) == [
        "It would keep 2 of your 2 if it had never seen them. Only just: 0.jpg, 1.jpg",
        "It would let in none of the 1 that you do not love.",
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (20, "which 20 they are still matters"),
        (49, "a beginning"),
        (50, "enough to begin with"),
        (100, "That is enough:"),
    ],
)
def test_the_number_of_pictures_means_something(count: int, words: str) -> None:
    alone = what_it_knows(found([1.0] * count))
    assert words in alone
    assert "20 or more that you do not love" in alone
    assert "20 or more" not in what_it_knows(found([1.0] * count, [0.0] * 20))
    assert "3 files that could not be read left out" in what_it_knows(found([1.0] * count, unreadable=3))


def test_copies_and_crops_count_as_one() -> None:
    alone = what_it_knows(found([1.0] * 75, different=25))
    assert "75 pictures that you love, copies and crops of 25. That is a beginning: which 25 they" in alone
    assert "copies" not in what_it_knows(found([1.0] * 75, different=75))


@pytest.mark.parametrize(
    ("rate", "stricter", "milder"), [(0.95, 0.9, 0.975), (0.5, 0.5, 0.75), (0.999, 0.998, 0.999)]
)
def test_each_command_is_one_that_can_be_given(rate: float, stricter: float, milder: float) -> None:
    one = found([1.0] * 20)
    commands = [
        split(line.partition("bowerbird ")[2])
        for line in what_to_do(Findings(one.out, rate, 0.0, one.good, one.scores))
    ]
    parsed = [build_parser().parse_args(words) for words in commands]
    assert [each.keep_rate for each in parsed[:2]] == pytest.approx([stricter, milder], abs=1e-3)
    assert [parsed[0].bundle, parsed[1].bundle, parsed[2].bundle] == ["my taste"] * 3


def test_the_report_is_named() -> None:
    assert any(str(Path("a/report.html")) in line for line in lines(found([1.0] * 20), Path("a/report.html")))
