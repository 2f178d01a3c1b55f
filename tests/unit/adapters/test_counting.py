"""What a long command shows of itself."""

from __future__ import annotations

import os
import pty
import sys

import pytest

from bowerbird.adapters.terminal import counting


def test_elsewhere_than_on_a_terminal_a_count_is_a_plain_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = iter([0.0, 10.0, 31.0, 31.0, 40.0, 62.0, 62.0])
    advance = counting._lines("posts asked for again", lambda: next(seconds))  # noqa: SLF001 - time is given
    for done in (100, 200, 300):
        advance(done, 1200)
    advance(400, 0)
    assert capsys.readouterr().err == "posts asked for again: 200 of 1,200\nposts asked for again: 400\n"


def test_on_a_terminal_it_moves_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with counting.counting("days made small") as counted:
            counted(3, 7)
    shown = _all_of(master)
    assert "days made small" in shown
    assert "3 of 7" in shown
    assert shown.rstrip().endswith("\x1b[2K")  # the line is wiped out


def _all_of(terminal: int) -> str:
    """Read what a terminal was told, to its end: one read gives what has come so far."""
    told = b""
    try:
        while part := os.read(terminal, 4096):
            told += part
    except OSError:  # Linux says so of a terminal that nobody writes to any more
        pass
    finally:
        os.close(terminal)
    return told.decode()
