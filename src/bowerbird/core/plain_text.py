"""Turns text that strangers typed into one line of printable characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

_LONGEST_TEXT: Final = 300

# Stacked marks ("zalgo") paint over the neighbours; real scripts need no more than two or three a letter.
_MARKS: Final = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1dc0-\u1dff\u20d0-\u20ff]+"
)


def plain(value: Any) -> str:
    """Return one line of printable text from whatever a stranger typed; empty for anything but text.

    Drops control, format (bidirectional overrides, zero-width), surrogate and unassigned characters.
    """
    if not isinstance(value, str):
        return ""
    head = " ".join(value[: 4 * _LONGEST_TEXT].split())
    visible = "".join(char for char in head if unicodedata.category(char)[0] != "C")
    return _MARKS.sub(r"\1", visible)[:_LONGEST_TEXT].strip()
