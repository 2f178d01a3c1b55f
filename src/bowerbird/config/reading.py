"""Reads `bowerbird.toml`. What is wrong there is told with its line and what to write instead."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bowerbird.adapters.terminal.option_values import names
from bowerbird.config.mistakes import Mistake, told
from bowerbird.config.schema import COMMUNITIES, TOP, Config, variable
from bowerbird.config.settings import given
from bowerbird.core.errors import BowerbirdError, UsageError


@dataclass(frozen=True, slots=True)
class Configuration:
    """A file that was read; the paths in `config` are absolute."""

    path: Path
    config: Config


def read(path: Path) -> Configuration:
    """Read a file. What the environment says of its keys comes first.

    Raises:
        UsageError: it cannot be read, or says something that nobody understands.
    """
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(Mistake.of_toml(str(error)).at(path)) from None
    except ValueError:  # what Python's `int` says of thousands of digits
        raise UsageError(f"{path}: a number in it is too long") from None
    except RecursionError:
        raise UsageError(f"{path}: lists lie in lists without end; write them flat") from None
    overridden = given(map(variable, TOP))
    try:
        return Configuration(path, parsed(raw, overridden).located(path.parent))
    except ValidationError as error:
        raise UsageError(told(error, path, text, overridden)) from None
    except BowerbirdError as error:
        raise UsageError(f"{path}: {error}") from None


def parsed(raw: dict[str, Any], overridden: dict[str, str]) -> Config:
    """Check a file's content, with the `overridden` keys, by variable, in the place of its own."""
    keys = {key: overridden[variable(key)] for key in TOP if variable(key) in overridden}
    config = Config.model_validate(raw | keys)
    communities = given([COMMUNITIES]).get(COMMUNITIES)
    if not communities:
        return config
    streams = (each.model_copy(update={"communities": names(communities)}) for each in config.stream)
    return config.model_copy(update={"stream": tuple(streams)})


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is no text in UTF-8; save it as that") from None
