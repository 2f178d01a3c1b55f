"""What a run says of itself where no terminal is."""

from __future__ import annotations

import re

import pytest

from bowerbird.core.ports import QueueDepth
from bowerbird.host.counts import RunCounts
from bowerbird.host.progress import finishing, progress

IDLE = QueueDepth(0, 0, 0, 0)


def test_a_round_is_one_line_with_its_time_if_it_changed_anything(capsys: pytest.CaptureFixture[str]) -> None:
    tally = RunCounts()
    with progress() as shown:
        shown.progress(tally, QueueDepth(5, 0, 2, 0))
        shown.round(tally, IDLE)
        assert capsys.readouterr().err == ""
        tally.decisions["match", "novelty"] += 12
        shown.progress(tally, IDLE)
        shown.round(tally, IDLE)
        shown.round(tally, IDLE)
    assert re.fullmatch(r"\d\d:\d\d:\d\d judged 12, kept 0, waiting 0\n", capsys.readouterr().err)


def test_the_first_signal_is_answered_once_with_what_is_in_hand(capsys: pytest.CaptureFixture[str]) -> None:
    signals = list[int]()
    seen = list[int]()
    show = finishing(lambda _tally, depth: seen.append(depth.in_flight), signals)
    show(RunCounts(), QueueDepth(5, 0, 12, 0))
    assert capsys.readouterr().err == ""
    signals.append(2)
    show(RunCounts(), QueueDepth(5, 0, 12, 0))
    show(RunCounts(), QueueDepth(5, 0, 3, 0))
    assert capsys.readouterr().err == "finishing 12; again to stop now\n"
    assert seen == [12, 12, 3]
