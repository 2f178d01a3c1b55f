"""No stranger's text steers a terminal, or Rich."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from bowerbird.adapters.terminal.lines import PlainFormatter, cell, json_line, say, shown
from bowerbird.cli.main import main

HOSTILE = "[/bold] \x1b[31m\x9b1m\u202eevil[link=x]\nnext\r\x07 \ud800"


def plain(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


def test_one_printable_line() -> None:
    assert shown("a\x1b[31mb\nc\u202ed\xa0e") == "a\ufffd[31mb c\ufffdd e"
    assert shown("ü 🏔 [x]") == "ü 🏔 [x]"
    assert len(shown("x" * 10_000)) == 2001


def test_rich_takes_nothing_for_markup() -> None:
    out = io.StringIO()
    console = Console(file=out, width=200, force_terminal=False)
    say(console, HOSTILE)
    table = Table("x")
    table.add_row(cell(HOSTILE))
    console.print(table)
    assert out.getvalue().count("[/bold]") == 2
    assert out.getvalue().count("[link=x]") == 2
    assert plain(out.getvalue())


def test_log_lines_and_tracebacks_are_plain() -> None:
    error = ValueError(HOSTILE)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s", (HOSTILE,), (ValueError, error, None))
    line = PlainFormatter("%(levelname)s %(message)s").format(record)
    assert plain(line)
    assert line.startswith("ERROR [/bold]")
    assert "ValueError: [/bold]" in line


ODD = st.text(
    st.sampled_from("a[/]\\ \n\r\t\0\x07\x1b\x7f\x9b\xad\u200b\u200f\u202e\u2028\u2066\ufeff\ud800\U000e0041")
)


@given(ODD | st.text())
def test_whatever_is_said_is_one_line_without_a_sign_that_steers(text: str) -> None:
    assert shown(text).isprintable()
    assert json_line({"a": text}).isprintable()
    assert json.loads(json_line({"a": text})) == {"a": text}
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s", (text,), None)
    assert PlainFormatter("%(message)s").format(record).isprintable()


ARGUMENT = "x\x1b[31m\x9b1m\u202e\u200b\rz"
COMMANDS = [
    [ARGUMENT],
    ["hosts", f"https://i.imgur.com/{ARGUMENT}.jpg"],
    ["hosts", "--json", f"https://{ARGUMENT}.example/"],
    ["mine", ARGUMENT],
    ["mine", "--source", ARGUMENT, "--out", "o"],
    ["mine", "--source", f"urls:{ARGUMENT}", "--out", "o"],
    ["mine", "--source", f"feed:https://{ARGUMENT}", "--out", "o"],
    ["mine", "--source", "urls:u", "--out", "o", "--bundle", ARGUMENT],
    ["mine", "--source", "urls:u", "--out", "o", "--reject-if", ARGUMENT],
    ["candidates", "--source", ARGUMENT],
    *([command, ARGUMENT] for command in ("score", "sheet", "report", "label", "recheck", "restore")),
    *([command, ARGUMENT] for command in ("repair", "compact", "redrive", "deliver", "doctor")),
    ["labels", ARGUMENT, ARGUMENT],
    ["models", "verify", ARGUMENT],
    ["models", "pull", ARGUMENT],
    ["train", "--good", ARGUMENT, "--out", "b"],
    ["serve", "--bundle", ARGUMENT],
    ["serve", "--zmq", ARGUMENT],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0].strip(ARGUMENT) or "alone")
def test_no_commands_complaint_steers_the_terminal(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "u").write_text("")
    try:
        status = main(command)
    except SystemExit as error:
        status = int(error.code or 0)

    told = "".join(capsys.readouterr())
    assert (status, told) != (0, "")
    assert [char for char in told if not char.isprintable() and char != "\n"] == []
