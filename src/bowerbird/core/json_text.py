"""Reads JSON that may be damaged or a stranger's; all of Bowerbird's reading of JSON goes through here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def parsed(text: str | bytes | bytearray, *, whole: Callable[[str], Any] | None = None) -> Any:
    """Read a text; `whole` makes a number of its digits where `int` will not do.

    Raises:
        ValueError: not JSON, not UTF-8, or nested beyond reason. Python raises a RecursionError for the last,
            which nobody who reads a file or an answer thinks of.
    """
    try:
        return json.loads(text, parse_int=whole)
    except RecursionError:
        raise ValueError("nested beyond reason") from None


def stored_object(data: bytes | None) -> dict[str, Any] | None:
    """Read an object of our own from its file's content; None where there is no file, or it is damaged."""
    try:
        told = parsed(data or b"null")
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
