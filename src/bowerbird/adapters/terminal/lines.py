"""Prints plain text to a terminal: no stranger's words steer it, or mean anything to Rich."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # half of what `bowerbird --version` takes
    from rich.console import Console
    from rich.text import Text

_LONGEST: Final = 2000
_UNICODE: Final = re.compile("utf", re.IGNORECASE)


def shown(text: object) -> str:
    """Return one line of printable text from any stranger's words; U+FFFD stands for the unprintable."""
    head = str(text)[: _LONGEST + 1]
    line = "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in head)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def json_line(value: object) -> str:
    """Return JSON that steers no terminal either: the unprintable is escaped, letters stay where they can."""
    text = json.dumps(value, ensure_ascii=not _UNICODE.match(sys.stdout.encoding or ""))
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def cell(text: object) -> Text:
    """Return the same for a table of Rich's."""
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(shown(text))


def say(console: Console, text: object, style: str = "") -> None:
    """Print one line, wrapped by the terminal only."""
    console.print(cell(text), style=style, soft_wrap=True)


class PlainFormatter(logging.Formatter):
    """Log lines as `shown` shows them: what is logged was said by strangers, too."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is the base class's
        """Return the message in one line."""
        return shown(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - as above
        """Return a traceback, line by line."""
        return "\n".join(map(shown, super().formatException(ei).splitlines()))  # type: ignore[arg-type]
