"""No stranger's text steers a terminal, or Rich."""

from __future__ import annotations

import io
import logging

from rich.console import Console
from rich.table import Table

from bowerbird.adapters.terminal.lines import PlainFormatter, cell, say, shown

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
