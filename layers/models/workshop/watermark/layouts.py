"""Fifty layouts as agencies, shops and estate agents have them, with invented names. For measuring only.

`layouts.json` holds them, made by hand. A likeness to a name that exists is chance. Their letters are of
fonts that training never saw (`samples.HELD_OUT_FONTS`).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .agency import Layout, Part
from .relief import Relief


@cache
def fifty() -> tuple[Layout, ...]:
    """The layouts, in order of kinds; `kind` is the row of a table that a layout counts in."""
    told = json.loads(Path(__file__).with_name("layouts.json").read_text("utf-8"))
    reliefs = {name: _relief(values) for name, values in told["reliefs"].items()}
    return tuple(
        Layout(each["name"], each["kind"], tuple(_part(part, reliefs) for part in each["parts"]))
        for each in told["layouts"]
    )


def _part(values: dict[str, Any], reliefs: dict[str, Relief]) -> Part:
    given = values["relief"]
    relief = reliefs[given] if isinstance(given, str) else _relief(given)
    return Part(**{**values, "relief": relief, "at": tuple(values.get("at", (0.5, 0.5)))})


def _relief(values: dict[str, Any]) -> Relief:
    # JSON has lists where a colour is a tuple.
    told: dict[str, Any] = {
        name: tuple(value) if name == "colour" else value for name, value in values.items()
    }
    return Relief(**told)
