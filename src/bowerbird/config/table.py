"""What all tables of the file have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file. It refuses unknown keys. The documentation is made of their descriptions."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    #: How the table's own line is written, such as `[[taste]]`; empty for the top of the file.
    header: ClassVar[str] = ""


def told_by(read: Callable[[str], object]) -> Callable[[object], object]:
    """Make a validator of what reads an option's text. What is no text stays."""

    def value(given: object) -> object:
        try:
            return read(given) if isinstance(given, str) else given
        except argparse.ArgumentTypeError as error:
            raise ValueError(str(error)) from None

    return value


def located(path: str, folder: Path) -> str:
    """A path as the file means it, below the file's own `folder` unless it is absolute. No bucket is one."""
    return path if "://" in path else str(folder / Path(path).expanduser())
